using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Benchmarks.Samples;
using Spate.Coordination;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>
/// What the coordinator of groups pays in processor time for one heartbeat in a settled group of a thousand members of the consumer protocol over ten thousand
/// partitions, and for one commit of offsets. The log commits at once and keeps nothing.
/// </summary>
[MemoryDiagnoser]
public class GroupCoordinatorBenchmarks
{
    private const int Members = 1000;
    private const int Partitions = 10_000;

    private readonly GroupClient _client = new("c", "/10.0.0.1", 9);
    private readonly ConsumerGroupHeartbeatRequest[] _heartbeats = new ConsumerGroupHeartbeatRequest[Members];
    private readonly OffsetCommitRequest _commit = Commit(1);
    private readonly OffsetCommitRequest _commitOfTen = Commit(10);
    private GroupCoordinator _coordinator = null!;
    private int _next;

    [GlobalSetup]
    public void Settle()
    {
        _coordinator = new GroupCoordinator(
            new GroupCoordinatorOptions { PartitionCount = 1 }, TimeProvider.System, new Random(1), NullLogger<GroupCoordinator>.Instance, new InlineShards(), new OneTopic(Partitions));
        Require(_coordinator.LoadAsync(0, 1, new CommittingLog()).IsCompletedSuccessfully);
        for (var member = 0; member < Members; member++)
        {
            _heartbeats[member] = new ConsumerGroupHeartbeatRequest
            {
                GroupId = "g",
                MemberId = $"m{member}",
                RebalanceTimeoutMs = 300_000,
                SubscribedTopicNames = ["t"],
                TopicPartitions = [],
            };
        }

        for (var round = 0; round < 5; round++)
        {
            for (var member = 0; member < Members; member++)
            {
                Hear(member, Ask(_heartbeats[member]));
            }
        }
    }

    /// <summary>Members in turn, each saying nothing new.</summary>
    [Benchmark]
    public int Heartbeat()
    {
        _next = (_next + 1) % Members;
        return Ask(_heartbeats[_next]).MemberEpoch;
    }

    [Benchmark]
    public object OffsetCommit() => _coordinator.OffsetCommitAsync(_commit, _client).AsTask().GetAwaiter().GetResult();

    [Benchmark]
    public object OffsetCommitOfTenPartitions() => _coordinator.OffsetCommitAsync(_commitOfTen, _client).AsTask().GetAwaiter().GetResult();

    private static OffsetCommitRequest Commit(int partitions) => new()
    {
        GroupId = "simple",
        GenerationIdOrMemberEpoch = -1,
        Topics = [new() { Name = "t", Partitions = [.. Enumerable.Range(0, partitions).Select(static index => new OffsetCommitRequest.OffsetCommitRequestPartition { PartitionIndex = index, CommittedOffset = 42 })] }],
    };

    private static void Require(bool condition)
    {
        if (!condition)
        {
            throw new InvalidOperationException("The group does not settle.");
        }
    }

    private ConsumerGroupHeartbeatResponse Ask(ConsumerGroupHeartbeatRequest request)
    {
        var response = _coordinator.ConsumerGroupHeartbeatAsync(request, _client).AsTask().GetAwaiter().GetResult();
        Require(response.ErrorCode == ErrorCode.None);
        return response;
    }

    private void Hear(int member, ConsumerGroupHeartbeatResponse response)
    {
        var before = _heartbeats[member];
        _heartbeats[member] = new ConsumerGroupHeartbeatRequest
        {
            GroupId = "g",
            MemberId = before.MemberId,
            MemberEpoch = response.MemberEpoch,
            RebalanceTimeoutMs = -1,
            TopicPartitions = response.Assignment is { } assignment
                ? assignment.TopicPartitions.ConvertAll(static topic => new ConsumerGroupHeartbeatRequest.OwnedTopic { TopicId = topic.TopicId, Partitions = topic.Partitions })
                : before.TopicPartitions,
        };
    }

    private sealed class OneTopic(int partitions) : ITopicCatalog, ITopicView
    {
        private readonly TopicDescription _topic = new(new Uuid(1, 2), "t", partitions, null);

        public ITopicView Current => this;

        public long Version => 1;

        public IEnumerable<string> Names => [_topic.Name];

        public TopicDescription? Find(string name) => name == _topic.Name ? _topic : null;

        public TopicDescription? Find(Uuid id) => id == _topic.Id ? _topic : null;
    }
}
