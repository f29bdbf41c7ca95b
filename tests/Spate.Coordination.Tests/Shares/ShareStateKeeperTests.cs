using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Spate.Coordination.Shares.State;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Shares;

public sealed class ShareStateKeeperTests
{
    private static readonly Uuid Topic = new(1, 2);
    private static readonly ShareStateOptions Options = new() { PartitionCount = 1, UpdatesPerSnapshot = 3 };

    private readonly MemoryLog _log = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly ShareStateKeeper _keeper;

    public ShareStateKeeperTests() => _keeper = Load();

    [Fact]
    public void What_was_written_is_read_by_the_next_leader()
    {
        Assert.Equal(ErrorCode.None, Initialize(start: 10));
        Assert.Equal(ErrorCode.None, Write(leader: 1, start: 12, (12, 13, 0, 1), (14, 20, 2, 1)));
        Assert.Equal(ErrorCode.None, Write(leader: 1, start: -1, (12, 12, 4, 2)));
        Assert.Equal("epoch 1 start 12: 12-12 4*2, 13-13 0*1, 14-20 2*1", Read(leader: 2));
        Assert.Equal(Read(leader: 2), Read(Load(), leader: 2));
    }

    [Fact]
    public void A_write_that_was_made_while_another_was_under_way_does_not_take_the_start_back()
    {
        Initialize(start: 10);
        Write(leader: 1, start: 10, (11, 13, 2, 1));
        Write(leader: 1, start: 14);
        Assert.Equal(ErrorCode.None, Write(leader: 1, start: 10, (12, 12, 0, 1), (16, 17, 4, 3)));
        Assert.Equal("epoch 1 start 14: 16-17 4*3", Read(leader: 1));
        Assert.Equal(Read(leader: 1), Read(Load(), leader: 1));
        Assert.Equal(2, Bench.Now(_keeper.SummarizeAsync(
            new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = 0 }] }] }).AsTask()).Results[0].Partitions[0].DeliveryCompleteCount);
    }

    /// <summary>A question that was asked again, because its answer was late, may come when the partition has long been read.</summary>
    [Fact]
    public void To_be_initialized_again_in_the_same_epoch_takes_nothing_back()
    {
        Initialize(start: -1, stateEpoch: 3);
        Write(leader: 5, start: 10, (11, 13, 2, 1));
        Assert.Equal(ErrorCode.None, Initialize(start: -1, stateEpoch: 3));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Write(leader: 4, start: 0));
        Assert.Equal("epoch 3 start 10: 11-13 2*1", Read(leader: 5));
        Assert.Equal(ErrorCode.None, Initialize(start: 7, stateEpoch: 4));
        Assert.Equal("epoch 4 start 7: ", Read(leader: 5));
    }

    [Fact]
    public void After_so_many_updates_all_is_written_again()
    {
        Initialize(start: 0);
        for (var offset = 0; offset < 9; offset++)
        {
            Assert.Equal(ErrorCode.None, Write(leader: 0, start: offset, (offset, offset, 2, 1)));
        }

        var types = _log.Records.Select(static record => (int)record.Key.Span[1]).ToList();
        Assert.Equal([0, 1, 1, 1, 0, 1, 1, 1, 0, 1], types);
        Assert.Equal("epoch 1 start 8: 8-8 2*1", Read(leader: 0));
        Assert.Equal(Read(leader: 0), Read(Load(), leader: 0));
    }

    [Fact]
    public void What_precedes_the_oldest_snapshot_that_counts_may_be_deleted()
    {
        Initialize(start: 0);
        Initialize(start: 0, partition: 1);
        for (var offset = 0; offset < 9; offset++)
        {
            Write(leader: 0, start: offset, (offset, offset, 2, 1));
        }

        Assert.Equal(1, OldestNeeded(_keeper));
        Assert.Equal(1, OldestNeededAgain());

        // Nothing was written of it for a while, and it keeps what others have superseded.
        _time.Advance(Options.ColdInterval);
        Assert.Equal(12, _log.Entries.Count);
        Assert.Equal(9, OldestNeeded(_keeper));
        Assert.Equal(9, OldestNeededAgain());

        // Snapshots that have nothing behind them but each other are not written again and again.
        _time.Advance(Options.ColdInterval);
        _time.Advance(Options.ColdInterval);
        Assert.Equal(12, _log.Entries.Count);
        Delete(0);
        Delete(1);
        Assert.Equal(14, OldestNeeded(_keeper));
        Assert.Equal(14, OldestNeededAgain());

        long? OldestNeededAgain()
        {
            var again = Load();
            var needed = OldestNeeded(again);
            Assert.True(again.UnloadAsync(0, 1).IsCompletedSuccessfully);
            return needed;
        }

        static long? OldestNeeded(ShareStateKeeper keeper) => Bench.Now(keeper.OldestNeededAsync(0).AsTask());

        void Delete(int partition) =>
            Bench.Now(_keeper.DeleteAsync(new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = partition }] }] }).AsTask());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void Every_share_partition_is_found_again_after_a_replay(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 600; step++)
        {
            var partition = random.Next(4);
            switch (random.Next(20))
            {
                case 0: Initialize(random.Next(100), stateEpoch: random.Next(5), partition); break;
                case 1: Bench.Now(_keeper.DeleteAsync(new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = partition }] }] }).AsTask()); break;
                default:
                    var first = random.Next(100);
                    _log.Verdict = () => random.Next(10) == 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
                    Write(random.Next(3), random.Next(4) == 0 ? first : -1, partition, (first, first + random.Next(9), new[] { 0, 2, 4 }[random.Next(3)], random.Next(5)));
                    _log.Verdict = static () => ErrorCode.None;
                    break;
            }
        }

        var again = Load();
        for (var partition = 0; partition < 4; partition++)
        {
            Assert.Equal(Read(_keeper, leader: -1, partition), Read(again, leader: -1, partition));
        }
    }

    [Fact]
    public void Writers_of_an_older_epoch_are_fenced()
    {
        Initialize(start: 0, stateEpoch: 3);
        Assert.Equal(ErrorCode.None, Write(leader: 5, start: -1));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Write(leader: 4, start: -1));
        Assert.Equal("FencedLeaderEpoch", Read(leader: 4));
        Read(leader: 6);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Write(leader: 5, start: -1));
        Assert.Equal(ErrorCode.FencedStateEpoch, Initialize(start: 7, stateEpoch: 2));
        Assert.Equal(ErrorCode.None, Initialize(start: 7, stateEpoch: 4));
        Assert.Equal(ErrorCode.FencedStateEpoch, Write(leader: 6, start: -1, stateEpoch: 3));
    }

    /// <summary>A group that is made to begin elsewhere gets a higher epoch; the same one again is the same request, whose answer was lost.</summary>
    [Fact]
    public void Initializing_in_an_epoch_that_is_known_takes_nothing_back()
    {
        Initialize(start: 10, stateEpoch: 3);
        Write(leader: 1, start: 12, (12, 13, 0, 1), (14, 20, 2, 1));
        var written = _log.Records.Count;
        Assert.Equal(ErrorCode.None, Initialize(start: -1, stateEpoch: 3));
        Assert.Equal(ErrorCode.None, Initialize(start: 10, stateEpoch: 3));
        Assert.Equal("epoch 3 start 12: 12-13 0*1, 14-20 2*1", Read(leader: 1));
        Assert.Equal(written, _log.Records.Count);
        Assert.Equal(ErrorCode.None, Initialize(start: 10, stateEpoch: 4));
        Assert.Equal("epoch 4 start 10: ", Read(leader: 1));
    }

    [Fact]
    public void What_makes_no_sense_is_refused()
    {
        Assert.Equal(ErrorCode.InvalidRequest, Write(leader: 0, start: 0));
        Assert.Equal("InvalidRequest", Read(leader: 0));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, Initialize(start: 0, partition: 9));
        Assert.Equal(ErrorCode.InvalidRequest, Initialize(start: 0, partition: -1));
        Initialize(start: 0);
        Assert.Equal(ErrorCode.InvalidRequest, Write(leader: 0, start: 0, (3, 2, 0, 1)));
        Assert.Equal(ErrorCode.InvalidRequest, Write(leader: 0, start: 0, (0, 2, 1, 1)));
        Assert.Equal(ErrorCode.InvalidRequest, Write(leader: 0, start: -2));
    }

    [Fact]
    public void A_summary_of_what_is_not_there_has_no_offset()
    {
        Assert.Equal(-1, Summary().StartOffset);
        Initialize(start: 4);
        Write(leader: 2, start: 6);
        Assert.Equal((6, 2), (Summary().StartOffset, Summary().LeaderEpoch));
        Bench.Now(_keeper.DeleteAsync(new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = 0 }] }] }).AsTask());
        Assert.Equal(-1, Summary().StartOffset);

        ReadShareGroupStateSummaryResponse.PartitionResult Summary() => Bench.Now(_keeper.SummarizeAsync(
            new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = 0 }] }] }).AsTask()).Results[0].Partitions[0];
    }

    private ShareStateKeeper Load()
    {
        var keeper = new ShareStateKeeper(Options, new Topics(), _time, NullLogger<ShareStateKeeper>.Instance, new InlineScheduler());
        Assert.True(keeper.LoadAsync(0, 1, _log).IsCompletedSuccessfully);
        return keeper;
    }

    private ErrorCode Initialize(long start, int stateEpoch = 1, int partition = 0) => Bench.Now(_keeper.InitializeAsync(new()
    {
        GroupId = "g",
        Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = partition, StateEpoch = stateEpoch, StartOffset = start }] }],
    }).AsTask()).Results[0].Partitions[0].ErrorCode;

    private ErrorCode Write(int leader, long start, params (long First, long Last, int State, int Count)[] batches) => Write(leader, start, 0, batches);

    private ErrorCode Write(int leader, long start, int partition, params (long First, long Last, int State, int Count)[] batches) => Write(leader, start, partition, -1, batches);

    private ErrorCode Write(int leader, long start, int partition, int stateEpoch, params (long First, long Last, int State, int Count)[] batches) =>
        Bench.Now(_keeper.WriteAsync(new()
        {
            GroupId = "g",
            Topics =
            [
                new()
                {
                    TopicId = Topic,
                    Partitions =
                    [
                        new()
                        {
                            Partition = partition,
                            StateEpoch = stateEpoch,
                            LeaderEpoch = leader,
                            StartOffset = start,
                            StateBatches = [.. batches.Select(static one => new WriteShareGroupStateRequest.StateBatch
                            {
                                FirstOffset = one.First, LastOffset = one.Last, DeliveryState = (sbyte)one.State, DeliveryCount = (short)one.Count,
                            })],
                        },
                    ],
                },
            ],
        }).AsTask()).Results[0].Partitions[0].ErrorCode;

    private ErrorCode Write(int leader, long start, int stateEpoch) => Write(leader, start, 0, stateEpoch);

    private string Read(int leader) => Read(_keeper, leader);

    private static string Read(ShareStateKeeper keeper, int leader, int partition = 0)
    {
        var answer = Bench.Now(keeper.ReadAsync(new() { GroupId = "g", Topics = [new() { TopicId = Topic, Partitions = [new() { Partition = partition, LeaderEpoch = leader }] }] }).AsTask())
            .Results[0].Partitions[0];
        return answer.ErrorCode != ErrorCode.None
            ? answer.ErrorCode.ToString()
            : $"epoch {answer.StateEpoch} start {answer.StartOffset}: {string.Join(", ", answer.StateBatches.Select(static one => $"{one.FirstOffset}-{one.LastOffset} {one.DeliveryState}*{one.DeliveryCount}"))}";
    }

    private sealed class Topics : IShareTopics
    {
        public bool Has(Uuid topicId, int partition) => topicId == Topic && partition < 4;
    }
}
