using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Coordination.Tests.Harness;

/// <summary>
/// A coordinator of one partition on a clock that tests move, with the requests of clients in short. Unless told otherwise everything is
/// about the group "g". After each call all that can happen without time passing has happened.
/// </summary>
internal sealed class Bench
{
    public static readonly GroupCoordinatorOptions Defaults = new() { PartitionCount = 1 };

    /// <summary>Rounds complete as soon as nobody is missing, the first one too.</summary>
    public static readonly GroupCoordinatorOptions NoDelay = Defaults with { InitialRebalanceDelay = TimeSpan.Zero };

    public Bench(GroupCoordinatorOptions? options = null, MemoryLog? log = null, int seed = 1, FakeTimeProvider? time = null, TestTopics? topics = null, TestShareStates? keeper = null)
    {
        Log = log ?? new MemoryLog();
        Topics = topics ?? new TestTopics();
        Keeper = keeper ?? new TestShareStates();
        Time = time ?? new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Coordinator = new GroupCoordinator(options ?? Defaults, Time, new Random(seed), Logger, new InlineScheduler(), Topics, Settings, new ShareSurroundings(Keeper, Topics));
        Loaded = Coordinator.LoadAsync(0, 1, Log);
        IsLoaded = Loaded.IsCompletedSuccessfully;
    }

    public MemoryLog Log { get; }

    public FakeTimeProvider Time { get; }

    /// <summary>The topics that there are.</summary>
    public TestTopics Topics { get; }

    /// <summary>Who keeps the delivery state of share groups.</summary>
    public TestShareStates Keeper { get; }

    /// <summary>What is set for groups.</summary>
    public TestSettings Settings { get; } = new();

    public RecordingLogger Logger { get; } = new();

    public GroupCoordinator Coordinator { get; }

    /// <summary>Whether the log was read at once, on the test's own stack.</summary>
    public bool IsLoaded { get; }

    /// <summary>Completes when the log has been read.</summary>
    public Task Loaded { get; }

    /// <summary>What went wrong inside, which nothing should.</summary>
    public IEnumerable<string> Breakages => Logger.AtLeast(LogLevel.Error);

    /// <summary>The answer, which must be there already.</summary>
    public static TReply Now<TReply>(Task<TReply> task)
    {
        Assert.True(task.IsCompleted, "The answer should be there, but the request still waits.");
        return task.GetAwaiter().GetResult();
    }

    public static byte[] Subscription(string[] topics, byte[]? userData = null)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(1);
        new ConsumerProtocolSubscription { Topics = [.. topics], UserData = userData is null ? null : new ReadOnlyMemory<byte>(userData) }.Write(writer, 1);
        return Bytes(writer);
    }

    public static byte[] Bytes(MessageWriter writer)
    {
        var bytes = new List<byte>();
        foreach (var part in writer.Parts)
        {
            bytes.AddRange(part.Bytes.ToArray());
        }

        return [.. bytes];
    }

    /// <summary>Lets time pass in small steps, as it does.</summary>
    public void Pass(TimeSpan duration)
    {
        var step = TimeSpan.FromMilliseconds(Math.Max(50, duration.TotalMilliseconds / 2000));
        for (var end = Time.GetUtcNow() + duration; Time.GetUtcNow() < end;)
        {
            var left = end - Time.GetUtcNow();
            Time.Advance(left < step ? left : step);
        }
    }

    public void Pass(double seconds) => Pass(TimeSpan.FromSeconds(seconds));

    public Task<JoinGroupResponse> Join(
        string memberId = "",
        string group = "g",
        short version = 3,
        string? instance = null,
        int session = 10_000,
        int rebalance = 30_000,
        string type = "consumer",
        string[]? protocols = null,
        byte[]? metadata = null,
        string client = "c")
    {
        var request = new JoinGroupRequest
        {
            GroupId = group,
            MemberId = memberId,
            GroupInstanceId = instance,
            SessionTimeoutMs = session,
            RebalanceTimeoutMs = version == 0 ? -1 : rebalance,
            ProtocolType = type,
            Protocols = (protocols ?? ["range"]).Select(name => new JoinGroupRequest.JoinGroupRequestProtocol
            {
                Name = name,
                Metadata = metadata ?? Subscription(["t"]),
            }).ToList(),
        };
        return Coordinator.JoinGroupAsync(request, new GroupClient(client, "/10.0.0.1", version)).AsTask();
    }

    public Task<SyncGroupResponse> Sync(
        TestMember member,
        string group = "g",
        IEnumerable<TestMember>? assign = null,
        int? generation = null,
        string? type = null,
        string? protocol = null,
        IReadOnlyDictionary<string, string>? assignments = null)
    {
        assignments ??= (assign ?? []).ToDictionary(other => other.Id, other => "part of " + other.Id, StringComparer.Ordinal);
        var request = new SyncGroupRequest
        {
            GroupId = group,
            MemberId = member.Id,
            GroupInstanceId = member.InstanceId,
            GenerationId = generation ?? member.Generation,
            ProtocolType = type,
            ProtocolName = protocol,
            Assignments = assignments.Select(part => new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = part.Key,
                Assignment = Encoding.UTF8.GetBytes(part.Value),
            }).ToList(),
        };
        return Coordinator.SyncGroupAsync(request).AsTask();
    }

    public ErrorCode Heartbeat(TestMember member, string group = "g", int? generation = null) => Now(Coordinator.HeartbeatAsync(new HeartbeatRequest
    {
        GroupId = group,
        MemberId = member.Id,
        GroupInstanceId = member.InstanceId,
        GenerationId = generation ?? member.Generation,
    }).AsTask()).ErrorCode;

    public Task<ConsumerGroupHeartbeatResponse> Beat(ConsumerGroupHeartbeatRequest request, short version = 1) =>
        Coordinator.ConsumerGroupHeartbeatAsync(request, new GroupClient("c", "/10.0.0.1", version)).AsTask();

    public Task<ShareGroupHeartbeatResponse> Beat(ShareGroupHeartbeatRequest request) =>
        Coordinator.ShareGroups.HeartbeatAsync(request, new GroupClient("c", "/10.0.0.1", 1)).AsTask();

    public ShareGroupDescribeResponse.DescribedGroup DescribeShares(string group = "g") =>
        Assert.Single(Now(Coordinator.ShareGroups.DescribeAsync(new ShareGroupDescribeRequest { GroupIds = [group] }).AsTask()).Groups);

    public ConsumerGroupDescribeResponse.DescribedGroup DescribeConsumer(string group = "g") =>
        Assert.Single(Now(Coordinator.ConsumerGroupDescribeAsync(new ConsumerGroupDescribeRequest { GroupIds = [group] }).AsTask()).Groups);

    public Task<LeaveGroupResponse> Leave(params (string MemberId, string? InstanceId)[] members) => LeaveFrom("g", members);

    public Task<LeaveGroupResponse> LeaveFrom(string group, params (string MemberId, string? InstanceId)[] members) => Coordinator.LeaveGroupAsync(
        new LeaveGroupRequest
        {
            GroupId = group,
            Members = members.Select(member => new LeaveGroupRequest.MemberIdentity { MemberId = member.MemberId, GroupInstanceId = member.InstanceId }).ToList(),
        },
        new GroupClient("c", "/10.0.0.1", 5)).AsTask();

    public Task<LeaveGroupResponse> LeaveAlone(string memberId, string group = "g") => Coordinator.LeaveGroupAsync(
        new LeaveGroupRequest { GroupId = group, MemberId = memberId }, new GroupClient("c", "/10.0.0.1", 1)).AsTask();

    public Task<OffsetCommitResponse> Commit(
        TestMember? member = null,
        string group = "g",
        long offset = 5,
        string topic = "t",
        int partition = 0,
        string? metadata = "",
        short version = 7,
        int? generation = null,
        long retention = -1,
        long timestamp = -1,
        int leaderEpoch = -1)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            MemberId = member?.Id ?? "",
            GroupInstanceId = member?.InstanceId,
            GenerationIdOrMemberEpoch = generation ?? member?.Generation ?? -1,
            RetentionTimeMs = retention,
            Topics =
            [
                new OffsetCommitRequest.OffsetCommitRequestTopic
                {
                    Name = topic,
                    Partitions =
                    [
                        new OffsetCommitRequest.OffsetCommitRequestPartition
                        {
                            PartitionIndex = partition,
                            CommittedOffset = offset,
                            CommittedLeaderEpoch = leaderEpoch,
                            CommitTimestamp = timestamp,
                            CommittedMetadata = metadata,
                        },
                    ],
                },
            ],
        };
        return Coordinator.OffsetCommitAsync(request, new GroupClient("c", "/10.0.0.1", version)).AsTask();
    }

    public static ErrorCode Only(OffsetCommitResponse response) => Assert.Single(Assert.Single(response.Topics).Partitions).ErrorCode;

    /// <summary>The committed offset of a partition, -1 for none.</summary>
    public async Task<long> Committed(string group = "g", string topic = "t", int partition = 0)
    {
        var response = await Coordinator.OffsetFetchAsync(
            new OffsetFetchRequest
            {
                GroupId = group,
                Topics = [new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic, PartitionIndexes = [partition] }],
            },
            new GroupClient("c", "/10.0.0.1", 5));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return Assert.Single(Assert.Single(response.Topics).Partitions).CommittedOffset;
    }

    public async Task<DescribeGroupsResponse.DescribedGroup> Describe(string group = "g", short version = 5) =>
        Assert.Single((await Coordinator.DescribeGroupsAsync(new DescribeGroupsRequest { Groups = [group] }, new GroupClient("c", "/10.0.0.1", version))).Groups);

    public async Task<string> State(string group = "g") => (await Describe(group)).GroupState;

    public async Task<ErrorCode> Delete(string group = "g") =>
        Assert.Single((await Coordinator.DeleteGroupsAsync(new DeleteGroupsRequest { GroupsNames = [group] })).Results).ErrorCode;

    /// <summary>As many members as asked for, all joined in one first round, not synced yet.</summary>
    public TestMember[] Gathered(int count, string group = "g", Func<int, string?>? instance = null, int session = 10_000, int rebalance = 30_000)
    {
        var joins = Enumerable.Range(0, count)
            .Select(index => Join(group: group, version: instance is null ? (short)3 : (short)5, instance: instance?.Invoke(index), session: session, rebalance: rebalance))
            .ToList();
        Pass(8);
        return [.. joins.Select((join, index) => Member(Now(join), instance?.Invoke(index)))];
    }

    /// <summary>The same, with assignments handed out: a stable group, its leader first.</summary>
    public TestMember[] Stable(int count, string group = "g", Func<int, string?>? instance = null, int session = 10_000, int rebalance = 30_000)
    {
        var members = Gathered(count, group, instance, session, rebalance);
        SyncAll(members, group);
        return [.. members.OrderByDescending(member => member.IsLeader)];
    }

    public void SyncAll(IReadOnlyCollection<TestMember> members, string group = "g")
    {
        var syncs = members.Select(member => Sync(member, group, member.IsLeader ? members : [])).ToList();
        foreach (var (sync, member) in syncs.Zip(members))
        {
            Assert.Equal("part of " + member.Id, Encoding.UTF8.GetString(Now(sync).Assignment.Span));
        }
    }

    public static TestMember Member(JoinGroupResponse response, string? instance = null)
    {
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        return new TestMember(response.MemberId, response.GenerationId, response.Leader == response.MemberId, instance);
    }

    /// <summary>Another broker takes the groups over, from a copy of the log.</summary>
    public Bench TakeOver(GroupCoordinatorOptions? options = null)
    {
        var copy = new MemoryLog();
        copy.Entries.AddRange(Log.Entries);
        return new Bench(options, copy, 2, Time, Topics, Keeper);
    }

    public string Dump() => Now(Coordinator.ReadAsync("g", StateDump.Of, error => error.ToString()).AsTask());
}
