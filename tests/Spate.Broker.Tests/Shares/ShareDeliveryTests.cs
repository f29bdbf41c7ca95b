using Spate.Broker.Tests.Hosting;
using Spate.Broker.Tests.Telemetry;
using Spate.Broker.Tests.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;
using static Spate.Broker.Tests.Shares.ShareMember;

namespace Spate.Broker.Tests.Shares;

/// <summary>Records go to one member of a share group at a time, until somebody says what became of them.</summary>
public sealed class ShareDeliveryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Records_are_given_to_one_member_and_not_again_once_they_are_accepted(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        (one.Version, other.Version) = (version, version);

        Assert.Equal("0*1=a 1*1=b 2*1=c", await one.FetchAsync());
        Assert.Equal("", await other.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 2, Accept));

        Assert.Equal("3:", await ShareAsk.StateAsync(broker, "g", topic));
        await broker.ProduceAsync("t", 0, "d");
        Assert.Equal("3*1=d", await other.FetchAsync());
    }

    [Fact]
    public async Task What_is_given_back_goes_to_another_member_and_what_is_rejected_to_nobody()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 2, Release, Reject, Release));

        Assert.Equal("0*2=a 2*2=c", await other.FetchAsync());
        Assert.Equal("0: 0-0 0*1 1-1 4*1 2-2 0*1", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task What_is_said_with_a_fetch_takes_effect_before_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b");
        var one = await JoinAsync(broker, "one", topic);
        await one.FetchAsync();
        var request = one.Request();
        request.Topics.Add(new() { TopicId = topic, Partitions = [new() { AcknowledgementBatches = [new() { FirstOffset = 0, LastOffset = 1, AcknowledgeTypes = [Accept, Release] }] }] });

        var reply = await one.AskAsync(request);

        Assert.Equal("1*2=b", Describe(reply));
        Assert.Equal(30_000, reply.AcquisitionLockTimeoutMs);
        Assert.Equal("1: 1-1 0*1", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task The_number_of_records_is_taken_strictly_where_that_is_asked_for()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c", "d");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));

        Assert.Equal("0*1=a 1*1=b 2*1=c", await one.FetchAsync(recordsMax: 3, mode: 1));
        Assert.Equal("3*1=d", await other.FetchAsync(recordsMax: 1));
        await broker.ProduceAsync("t", 0, "e", "f", "g");
        Assert.Equal("4*1=e 5*1=f 6*1=g", await other.FetchAsync(recordsMax: 1));
    }

    [Fact]
    public async Task A_lock_that_ends_gives_the_record_to_whoever_waits()
    {
        await using var broker = await TestBroker.StartAsync("group.share.record.lock.duration.ms=20000");
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        var waiting = other.FetchAsync(maxWaitMs: 60_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        broker.Clock.Advance(TimeSpan.FromMilliseconds(19_999));
        Assert.False(waiting.IsCompleted);
        broker.Clock.Advance(TimeSpan.FromMilliseconds(2));

        Assert.Equal("0*2=a", await waiting);
        Assert.Equal(ErrorCode.InvalidRecordState, await one.AcknowledgeAsync(0, 0, Accept));
        Assert.Equal(ErrorCode.None, await other.AcknowledgeAsync(0, 0, Accept));
    }

    [Fact]
    public async Task A_lock_that_is_renewed_begins_anew()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Renew));
        broker.Clock.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal("", await other.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Accept));
    }

    [Fact]
    public async Task Nobody_gets_a_record_more_often_than_the_limit_says()
    {
        await using var broker = await TestBroker.StartAsync("group.share.delivery.count.limit=3");
        var topic = await BeginAsync(broker, "a", "b");
        var one = await JoinAsync(broker, "one", topic);
        Assert.Equal("0*1=a 1*1=b", await one.FetchAsync());
        await one.AcknowledgeAsync(0, 1, Release, Accept);
        Assert.Equal("0*2=a", await one.FetchAsync());
        await one.AcknowledgeAsync(0, 0, Release);
        Assert.Equal("0*3=a", await one.FetchAsync());

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Release));

        Assert.Equal("", await one.FetchAsync());
        Assert.Equal("2:", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_stop_and_after_a_crash_what_was_accepted_stays_so_and_the_rest_is_delivered_again(bool isClean)
    {
        var files = new MemoryFileSystem();
        Uuid topic;
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            topic = await BeginAsync(broker, "a", "b", "c", "d");
            var one = await JoinAsync(broker, "one", topic);
            await one.FetchAsync();
            Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(1, 2, Accept, Release));
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(files);
        var other = await JoinAsync(again, "other", topic);
        Assert.Equal("0*1=a 2*2=c 3*1=d", await other.FetchAsync());
        Assert.Equal(ErrorCode.None, await other.AcknowledgeAsync(0, 0, Accept));

        // A stop in order gives back what was held, which is written down; a crash does not.
        Assert.StartsWith("2: 2-2 0*1", await ShareAsk.StateAsync(again, "g", topic), StringComparison.Ordinal);
        Assert.Empty(again.Log.Complaints);
    }

    [Fact]
    public async Task Records_of_aborted_transactions_are_left_out_where_only_committed_ones_are_wanted()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        await SetAsync(broker, "share.isolation.level", "read_committed");
        var producer = await TestProducer.StartAsync(broker, "x");
        await producer.EnrolAsync("t");
        await producer.ProduceAsync("t", 0, "aborted");
        var one = await JoinAsync(broker, "one", topic);
        Assert.Equal("0*1=a", await one.FetchAsync());
        await EndAsync(broker, producer, commits: false, logEnd: 3);
        await producer.EnrolAsync("t");
        await producer.ProduceAsync("t", 0, "committed");
        Assert.Equal("", await one.FetchAsync());
        await EndAsync(broker, producer, commits: true, logEnd: 5);

        Assert.Equal("3*1=committed", await one.FetchAsync());

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Accept));
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(3, 3, Accept));
        Assert.Equal("", await one.FetchAsync());
        await broker.ProduceAsync("t", 0, "next");
        Assert.Equal("5*1=next", await one.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(5, 5, Accept));
        Assert.Equal("6:", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task Without_a_wish_records_of_open_transactions_are_delivered()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker);
        var producer = await TestProducer.StartAsync(broker, "x");
        await producer.EnrolAsync("t");
        await producer.ProduceAsync("t", 0, "open");
        var one = await JoinAsync(broker, "one", topic);
        Assert.Equal("0*1=open", await one.FetchAsync());
        await EndAsync(broker, producer, commits: false, logEnd: 2);

        Assert.Equal("", await one.FetchAsync());
        await broker.ProduceAsync("t", 0, "next");
        Assert.Equal("2*1=next", await one.FetchAsync());
    }

    [Theory]
    [InlineData(null, "2*1=later")]
    [InlineData("latest", "2*1=later")]
    [InlineData("earliest", "0*1=old 1*1=young 2*1=later")]
    [InlineData("by_duration:PT1M", "1*1=young 2*1=later")]
    [InlineData("by_duration:P9D", "0*1=old 1*1=young 2*1=later")]
    public async Task A_group_begins_where_its_setting_says_and_keeps_to_it(string? reset, string expected)
    {
        var files = new MemoryFileSystem();
        Uuid topic;
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            topic = await broker.CreateTopicAsync("t");
            await broker.AskAsync(Ask.Produce("t", 0, Batches.At(TestBroker.StartMs - 100_000, "old")), 9);
            await broker.AskAsync(Ask.Produce("t", 0, Batches.At(TestBroker.StartMs - 50_000, "young")), 9);
            if (reset is not null)
            {
                await SetAsync(broker, "share.auto.offset.reset", reset);
            }

            await ShareAsk.BeginAsync(broker, "g", topic, -1);
            var first = await JoinAsync(broker, "first", topic);
            await first.FetchAsync();
        }

        await using var again = await TestBroker.StartOnAsync(files);
        await again.ProduceAsync("t", 0, "later");
        Assert.Equal(expected, await (await JoinAsync(again, "one", topic)).FetchAsync());
    }

    [Fact]
    public async Task Records_that_were_deleted_are_no_longer_waited_for()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c");
        var one = await JoinAsync(broker, "one", topic);
        await one.FetchAsync();
        await broker.AskAsync(new DeleteRecordsRequest { Topics = [new() { Name = "t", Partitions = [new() { Offset = 2 }] }], TimeoutMs = 5000 }, 2);
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 2, Accept));

        Assert.Equal("3:", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task A_group_that_is_begun_elsewhere_is_read_anew_and_the_old_state_fenced()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c");
        var one = await JoinAsync(broker, "one", topic);
        await one.FetchAsync();
        await one.AcknowledgeAsync(0, 0, Accept);
        await ShareAsk.BeginAsync(broker, "g", topic, 1, stateEpoch: 1);

        Assert.Equal(ErrorCode.FencedStateEpoch, await one.AcknowledgeAsync(1, 1, Accept));

        Assert.Equal("1*1=b 2*1=c", await one.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(1, 2, Accept));
    }

    [Fact]
    public async Task A_leader_of_a_later_epoch_fences_this_one()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b");
        var one = await JoinAsync(broker, "one", topic);
        await one.FetchAsync();
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(ShareAsk.Read("g", topic, 0, leaderEpoch: 7), 0)).Results[0].Partitions[0].ErrorCode);

        var refused = await one.Client.AskAsync(one.Acknowledgement((topic, 0), 0, 0, Accept), 2);
        var fetched = await one.AskAsync(one.Request());

        var (answer, partition) = (refused.Responses[0].Partitions[0], fetched.Responses[0].Partitions[0]);
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 1, 0), (answer.ErrorCode, answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch));
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 1, 0), (partition.ErrorCode, partition.CurrentLeader.LeaderId, partition.CurrentLeader.LeaderEpoch));
        Assert.Equal([broker.EndPoint.Port, broker.EndPoint.Port], [refused.NodeEndpoints[0].Port, fetched.NodeEndpoints[0].Port]);
        Assert.Equal("0:", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task What_members_do_is_counted()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b", "c", "d");
        var one = await JoinAsync(broker, "one", topic);
        await one.FetchAsync();
        await one.AcknowledgeAsync(0, 2, Accept, Accept, Release);
        Assert.Equal(ErrorCode.InvalidRecordState, await one.AcknowledgeAsync(2, 2, Accept));
        using (var before = new Readings(broker.Metrics.Meter))
        {
            Assert.Equal((1, 1, 1, 1), (before["spate.shares.held"], before["spate.shares.partitions"], before["spate.shares.sessions"], before["spate.shares.sessions.partitions"]));
        }

        broker.Clock.Advance(TimeSpan.FromSeconds(31));
        await broker.WhenAsync(() => broker.Shares.Partitions.All.Sum(each => each.RecordsHeld) == 0, "the lock to be taken back");

        using var readings = new Readings(broker.Metrics.Meter);
        Assert.Equal((2, 1, 0), (readings["spate.shares.acknowledgements", "accept"], readings["spate.shares.acknowledgements", "release"], readings["spate.shares.acknowledgements", "reject"]));
        Assert.Equal((1, 0), (readings["spate.shares.locks.ended"], readings["spate.shares.held"]));
        Assert.Equal((1, 2, 1), (readings["spate.topic.share.fetch.requests", "t"], readings["spate.topic.share.acknowledge.requests", "t"], readings["spate.topic.share.acknowledge.failures", "t"]));
        Assert.True(readings["spate.topic.bytes.out", "t"] > 0);

        // What a lock that ended gives back is available before that is written down.
        await broker.WhenAsync(
            () =>
            {
                readings.Refresh();
                return readings["spate.shares.state.write.time.count"] >= 2;
            },
            "the end of the lock to be written down");
    }

    [Fact]
    public async Task Each_group_has_records_of_its_own()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        await ShareAsk.BeginAsync(broker, "h", topic, 0);
        var one = await JoinAsync(broker, "one", topic);
        var other = await ShareMember.JoinAsync(broker, "h", "other", (topic, 0));

        Assert.Equal(["0*1=a", "0*1=a"], [await one.FetchAsync(), await other.FetchAsync()]);
        Assert.Equal([ErrorCode.None, ErrorCode.None], [await one.AcknowledgeAsync(0, 0, Release), await other.AcknowledgeAsync(0, 0, Accept)]);
        Assert.Equal(["0*2=a", ""], [await one.FetchAsync(), await other.FetchAsync()]);
    }

    private static Task<ShareMember> JoinAsync(TestBroker broker, string member, Uuid topic) => ShareMember.JoinAsync(broker, "g", member, (topic, 0));

    private static async Task<Uuid> BeginAsync(TestBroker broker, params string[] values)
    {
        var topic = await broker.CreateTopicAsync("t");
        if (values.Length > 0)
        {
            await broker.ProduceAsync("t", 0, values);
        }

        await ShareAsk.BeginAsync(broker, "g", topic, 0);
        return topic;
    }

    private static async Task EndAsync(TestBroker broker, TestProducer producer, bool commits, long logEnd)
    {
        Assert.Equal(ErrorCode.None, await producer.EndAsync(commits));
        Assert.Equal(ErrorCode.None, broker.Partitions.Find("t", 0, out var partition));
        await broker.WhenAsync(() => partition!.Log.LastStableOffset == logEnd, "the marker of a transaction");
    }

    private static Task SetAsync(TestBroker broker, string name, string value) => ShareAsk.SetAsync(broker, "g", name, value);
}
