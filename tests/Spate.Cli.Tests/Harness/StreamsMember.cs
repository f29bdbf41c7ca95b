using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Testing;
using Spate.Testing.Tests.Wire;

namespace Spate.Cli.Tests.Harness;

/// <summary>The only member of a streams group, in requests of the test's own: it reads a topic, and keeps a store with a changelog.</summary>
internal sealed class StreamsMember : IDisposable
{
    public const string Subtopology = "count";

    private const short CommitVersion = 9;
    private const int EpochOfLeaving = -1;

    private readonly RawClient _client;
    private readonly string _group;
    private int _epoch;

    private StreamsMember(RawClient client, string group)
    {
        _client = client;
        _group = group;
    }

    public string Changelog => $"{_group}-store-changelog";

    /// <summary>Joins, and beats until it has tasks. The topic must be there, and the broker must not let groups wait for members.</summary>
    public static async Task<StreamsMember> JoinAsync(EmbeddedBroker broker, string group, string topic)
    {
        var member = new StreamsMember(await RawClient.ConnectAsync(broker, "app"), group);
        var joining = new StreamsGroupHeartbeatRequest
        {
            GroupId = group,
            MemberId = "me",
            RebalanceTimeoutMs = 60_000,
            ProcessId = "process",
            EndpointInformationEpoch = -1,
            ActiveTasks = [],
            StandbyTasks = [],
            WarmupTasks = [],
            Topology = new StreamsGroupHeartbeatRequest.StreamsTopology
            {
                Subtopologies =
                [
                    new StreamsGroupHeartbeatRequest.Subtopology
                    {
                        SubtopologyId = Subtopology,
                        SourceTopics = [topic],
                        StateChangelogTopics = [new StreamsGroupHeartbeatRequest.TopicConfiguration { Name = member.Changelog }],
                    },
                ],
            },
        };
        var answer = await member.BeatAsync(joining);
        while (answer.ActiveTasks is not { Count: > 0 })
        {
            answer = await member.BeatAsync(new StreamsGroupHeartbeatRequest { GroupId = group, MemberId = "me", MemberEpoch = member._epoch });
        }

        return member;
    }

    public async Task CommitAsync(string topic, int partition, long offset)
    {
        var committed = await _client.AskAsync(
            new OffsetCommitRequest
            {
                GroupId = _group,
                MemberId = "me",
                GenerationIdOrMemberEpoch = _epoch,
                Topics = [new OffsetCommitRequest.OffsetCommitRequestTopic { Name = topic, Partitions = [new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = partition, CommittedOffset = offset }] }],
            },
            CommitVersion);
        Assert.Equal(ErrorCode.None, committed.Topics[0].Partitions[0].ErrorCode);
    }

    public Task LeaveAsync() => BeatAsync(new StreamsGroupHeartbeatRequest { GroupId = _group, MemberId = "me", MemberEpoch = EpochOfLeaving });

    public void Dispose() => _client.Dispose();

    private async Task<StreamsGroupHeartbeatResponse> BeatAsync(StreamsGroupHeartbeatRequest request)
    {
        while (true)
        {
            var answer = await _client.AskAsync(request);
            if (answer.ErrorCode is ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable or ErrorCode.NotCoordinator)
            {
                // The topic of groups is made when somebody first asks for a coordinator.
                await _client.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [_group] });
                continue;
            }

            Assert.Equal((ErrorCode.None, null), (answer.ErrorCode, answer.ErrorMessage));
            _epoch = answer.MemberEpoch;
            return answer;
        }
    }
}
