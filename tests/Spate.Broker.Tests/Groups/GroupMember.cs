using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Groups;

/// <summary>A member of a group that knows its coordinator, on a connection of its own.</summary>
internal sealed class GroupMember : IDisposable
{
    private readonly TestClient _client;
    private readonly string _group;

    private GroupMember(TestClient client, string group)
    {
        _client = client;
        _group = group;
    }

    /// <summary>What the coordinator called it.</summary>
    public string Id { get; private set; } = "";

    /// <summary>Finds the coordinator and waits until it has loaded the group.</summary>
    public static async Task<GroupMember> FindAsync(TestBroker broker, string group)
    {
        var client = await broker.ConnectAsync();
        var member = new GroupMember(client, group);
        var found = await client.AskAsync(new FindCoordinatorRequest { Key = group }, 3);
        Assert.Equal(ErrorCode.None, found.ErrorCode);
        for (var attempt = 0; ; attempt++)
        {
            var described = await client.AskAsync(new DescribeGroupsRequest { Groups = [group] }, 5);
            if (described.Groups[0].ErrorCode is not (ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable))
            {
                return member;
            }

            Assert.True(attempt < 100_000, $"The coordinator of '{group}' never came up: {described.Groups[0].ErrorCode}.");
        }
    }

    public Task<TResponse> AskAsync<TResponse>(IRequestMessage<TResponse> request, short version)
        where TResponse : class, IResponseMessage, new() => _client.AskAsync(request, version);

    /// <summary>Joins, in two steps where the version asks for them.</summary>
    public async Task<JoinGroupResponse> JoinAsync(short version)
    {
        var joined = await _client.AskAsync(Join(), version);
        if (joined.ErrorCode == ErrorCode.MemberIdRequired)
        {
            Id = joined.MemberId;
            joined = await _client.AskAsync(Join(), version);
        }

        Id = joined.MemberId;
        return joined;
    }

    public Task<SyncGroupResponse> SyncAsync(short version) => _client.AskAsync(
        new SyncGroupRequest
        {
            GroupId = _group,
            GenerationId = 1,
            MemberId = Id,
            Assignments = [new SyncGroupRequest.SyncGroupRequestAssignment { MemberId = Id, Assignment = new byte[] { 9, 9 } }],
        },
        version);

    /// <summary>The committed offset, or -1.</summary>
    public async Task<long> CommittedAsync(string topic, int partition)
    {
        var reply = await _client.AskAsync(
            new OffsetFetchRequest { GroupId = _group, Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic, PartitionIndexes = [partition] }] }, 7);
        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        return reply.Topics[0].Partitions[0].CommittedOffset;
    }

    public void Dispose() => _client.Dispose();

    private JoinGroupRequest Join() => new()
    {
        GroupId = _group,
        MemberId = Id,
        SessionTimeoutMs = 30_000,
        RebalanceTimeoutMs = 30_000,
        ProtocolType = "consumer",
        Protocols = [new JoinGroupRequest.JoinGroupRequestProtocol { Name = "range", Metadata = new byte[] { 1, 2 } }],
    };
}
