using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using static Spate.Broker.Tests.Shares.ShareMember;

namespace Spate.Broker.Tests.Shares;

/// <summary>Members fetch in sessions that remember their partitions, wait for records, and are told what is wrong in Kafka's errors.</summary>
public sealed class ShareSessionTests
{
    private static readonly Uuid Stranger = new(7, 7);

    [Fact]
    public async Task A_fetch_waits_for_records()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker);
        var one = await JoinAsync(broker, "one", topic);
        var waiting = one.FetchAsync(maxWaitMs: 10_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        await broker.ProduceAsync("t", 0, "a");

        Assert.Equal("0*1=a", await waiting);
        await broker.WhenWatchedAsync("t", 0, 0);
    }

    [Fact]
    public async Task A_fetch_waits_for_what_others_give_back()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        var waiting = other.FetchAsync(maxWaitMs: 10_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        await one.AcknowledgeAsync(0, 0, Release);

        Assert.Equal("0*2=a", await waiting);
    }

    [Fact]
    public async Task A_fetch_takes_nothing_before_there_is_as_much_as_it_wants_or_its_time_is_up()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        var waiting = one.FetchAsync(maxWaitMs: 10_000, minBytes: 120);
        await broker.WhenWatchedAsync("t", 0, 1);
        Assert.Equal("0*1=a", await other.FetchAsync());
        await other.AcknowledgeAsync(0, 0, Release);

        await broker.ProduceAsync("t", 0, "b");
        Assert.Equal("0*2=a 1*1=b", await waiting);

        var late = other.FetchAsync(maxWaitMs: 10_000, minBytes: 1000);
        await broker.WhenWatchedAsync("t", 0, 1);
        await broker.ProduceAsync("t", 0, "c");
        await broker.WhenWatchedAsync("t", 0, 1);
        Assert.False(late.IsCompleted);
        broker.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("2*1=c", await late);
    }

    [Fact]
    public async Task Room_is_waited_for_when_as_many_records_are_under_way_as_may_be()
    {
        await using var broker = await TestBroker.StartAsync("group.share.partition.max.record.locks=100");
        var topic = await BeginAsync(broker, [.. Enumerable.Range(0, 100).Select(number => $"{number}")]);
        await broker.ProduceAsync("t", 0, "last");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        var waiting = other.FetchAsync(maxWaitMs: 10_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        await one.AcknowledgeAsync(5, 5, Accept);

        Assert.Equal("100*1=last", await waiting);
    }

    [Fact]
    public async Task A_session_knows_its_partitions_and_what_is_added_and_forgotten()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        await ShareAsk.BeginAsync(broker, "g", topic, 0, partition: 1);
        var one = await JoinAsync(broker, "one", topic);
        Assert.Equal("0*1=a", await one.FetchAsync());
        await broker.ProduceAsync("t", 1, "b");
        await broker.ProduceAsync("t", 0, "c");

        var request = one.Request();
        request.Topics.Add(new() { TopicId = topic, Partitions = [new() { PartitionIndex = 1 }] });
        request.ForgottenTopicsData.Add(new() { TopicId = topic, Partitions = [0] });

        Assert.Equal("0*1=b", Describe(await one.AskAsync(request)));
        Assert.Equal("", await one.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync((topic, 0), 0, 0, Accept));
    }

    [Fact]
    public async Task A_session_that_is_ended_gives_back_what_its_member_holds_without_counting_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.LeaveAsync());

        Assert.Equal("0*1=a 1*1=b", await other.FetchAsync());
        Assert.Equal(ErrorCode.ShareSessionNotFound, await one.LeaveAsync());
    }

    [Fact]
    public async Task A_connection_that_breaks_gives_back_what_its_member_holds()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        var waiting = other.FetchAsync(maxWaitMs: 10_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        one.Client.Dispose();

        Assert.Equal("0*1=a", await waiting);
    }

    [Fact]
    public async Task An_acknowledgement_of_the_last_epoch_ends_the_session()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        await one.FetchAsync();
        one.Epoch = -1;

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Accept));

        Assert.Equal("1*1=b", await other.FetchAsync());
        one.Epoch = 1;
        Assert.Equal(ErrorCode.ShareSessionNotFound, await one.AcknowledgeAsync(1, 1, Accept));
    }

    [Fact]
    public async Task Epochs_that_are_not_expected_are_refused()
    {
        await using var broker = await TestBroker.StartAsync("group.share.max.share.sessions=1");
        var topic = await BeginAsync(broker, "a");
        var (one, other) = (await JoinAsync(broker, "one", topic), await JoinAsync(broker, "other", topic));
        one.Epoch = 3;
        Assert.Equal(ErrorCode.ShareSessionNotFound, (await one.AskAsync(one.Request())).ErrorCode);
        one.Epoch = 0;
        await one.FetchAsync();
        one.Epoch = 3;
        Assert.Equal(ErrorCode.InvalidShareSessionEpoch, (await one.AskAsync(one.Request())).ErrorCode);
        one.Epoch = 3;
        Assert.Equal(ErrorCode.InvalidShareSessionEpoch, await one.AcknowledgeAsync(0, 0, Accept));
        one.Epoch = 0;
        Assert.Equal(ErrorCode.InvalidShareSessionEpoch, await one.AcknowledgeAsync(0, 0, Accept));
        Assert.Equal(ErrorCode.ShareSessionLimitReached, (await other.AskAsync(other.Request())).ErrorCode);

        // Begun anew, the member still holds what it had.
        one.Epoch = 0;
        Assert.Equal("", await one.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Accept));
        await one.LeaveAsync();
        other.Epoch = 0;
        Assert.Equal(ErrorCode.None, (await other.AskAsync(other.Request())).ErrorCode);
    }

    [Fact]
    public async Task Requests_that_make_no_sense_are_refused_as_a_whole()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var one = await JoinAsync(broker, "one", topic);
        Assert.Equal(ErrorCode.InvalidRequest, (await one.AskAsync(Changed(one, request => request.GroupId = null))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await one.AskAsync(Changed(one, request => request.MemberId = ""))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await one.AskAsync(Changed(one, request => request.ShareAcquireMode = 2))).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await one.AskAsync(Changed(one, request => request.IsRenewAck = true))).ErrorCode);
        var reply = await one.AskAsync(Changed(one, request =>
            request.Topics[0].Partitions[0].AcknowledgementBatches.Add(new() { FirstOffset = 0, LastOffset = 0, AcknowledgeTypes = [Accept] })));
        Assert.Equal((ErrorCode.InvalidRequest, true), (reply.ErrorCode, reply.ErrorMessage is { Length: > 0 }));
        Assert.Equal(
            ErrorCode.InvalidRequest, (await one.Client.AskAsync(new ShareAcknowledgeRequest { GroupId = "g", MemberId = "", ShareSessionEpoch = 1 }, 2)).ErrorCode);

        static ShareFetchRequest Changed(ShareMember member, Action<ShareFetchRequest> change)
        {
            member.Epoch = 0;
            var request = member.Request();
            change(request);
            return request;
        }
    }

    [Theory]
    [InlineData(0, 0, ErrorCode.InvalidRequest, Renew)]
    [InlineData(0, 0, ErrorCode.InvalidRequest, (sbyte)5)]
    [InlineData(0, 1, ErrorCode.InvalidRequest, Accept, Accept, Accept)]
    [InlineData(1, 0, ErrorCode.InvalidRequest, Accept)]
    [InlineData(-1, 0, ErrorCode.InvalidRequest, Accept)]
    [InlineData(0, 0, ErrorCode.InvalidRequest)]
    [InlineData(0, 2, ErrorCode.InvalidRecordState, Accept)]
    [InlineData(0, 1, ErrorCode.None, Gap, Accept)]
    public async Task Acknowledgements_are_taken_whole_or_not_at_all(long first, long last, ErrorCode error, params sbyte[] types)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a", "b");
        var one = await JoinAsync(broker, "one", topic);
        one.Version = 1;
        await one.FetchAsync();

        Assert.Equal(error, await one.AcknowledgeAsync(first, last, types));

        Assert.Equal(error == ErrorCode.None ? "2:" : "0:", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Fact]
    public async Task Partitions_that_are_not_there_have_errors_of_their_own()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker, "a");
        var one = await ShareMember.JoinAsync(broker, "g", "one", (Stranger, 0), (topic, 9), (topic, 1), (topic, 0));

        var reply = await one.AskAsync(one.Request(maxWaitMs: 10_000));

        Assert.Equal(
            [(Stranger, 0, ErrorCode.UnknownTopicId), (topic, 0, ErrorCode.None), (topic, 1, ErrorCode.UnknownServerError), (topic, 9, ErrorCode.UnknownTopicOrPartition)],
            reply.Responses.SelectMany(each => each.Partitions.Select(partition => (each.TopicId, partition.PartitionIndex, partition.ErrorCode))).OrderBy(each => (each.TopicId != Stranger, each.PartitionIndex)));
        Assert.Equal(ErrorCode.UnknownTopicId, await one.AcknowledgeAsync((Stranger, 0), 0, 0, Accept));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await one.AcknowledgeAsync((topic, 9), 0, 0, Accept));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await one.AcknowledgeAsync((topic, 1), 0, 0, Accept));
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync((topic, 0), 0, 0, Accept));
    }

    [Fact]
    public async Task Who_waits_for_a_topic_that_is_deleted_is_told()
    {
        await using var broker = await TestBroker.StartAsync("auto.create.topics.enable=false");
        var topic = await BeginAsync(broker);
        var one = await JoinAsync(broker, "one", topic);
        var waiting = one.AskAsync(one.Request(maxWaitMs: 60_000));
        await broker.WhenWatchedAsync("t", 0, 1);

        await broker.DeleteTopicAsync("t");

        Assert.Equal(ErrorCode.UnknownTopicId, (await waiting).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Who_waits_when_the_broker_stops_is_answered_with_what_there_is()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker);
        var one = await JoinAsync(broker, "one", topic);
        var waiting = one.FetchAsync(maxWaitMs: 60_000);
        await broker.WhenWatchedAsync("t", 0, 1);

        await broker.StopAsync();

        Assert.Equal("", await waiting);
        Assert.Empty(broker.Log.Complaints);
    }

    [Fact]
    public async Task A_partition_that_is_large_does_not_keep_others_from_their_turn()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await BeginAsync(broker);
        await ShareAsk.BeginAsync(broker, "g", topic, 0, partition: 1);
        for (var batch = 0; batch < 20; batch++)
        {
            await broker.ProduceAsync("t", 0, $"{batch}");
        }

        await broker.ProduceAsync("t", 1, "x");
        var one = await ShareMember.JoinAsync(broker, "g", "one", (topic, 0), (topic, 1));

        var fetched = await one.FetchAsync(recordsMax: 2) + " " + await one.FetchAsync(recordsMax: 2);

        Assert.Contains("=x", fetched, StringComparison.Ordinal);
    }

    private static Task<ShareMember> JoinAsync(TestBroker broker, string member, Uuid topic) => ShareMember.JoinAsync(broker, "g", member, (topic, 0));

    private static async Task<Uuid> BeginAsync(TestBroker broker, params string[] values)
    {
        var topic = await broker.CreateTopicAsync("t", 2);
        if (values.Length > 0)
        {
            await broker.ProduceAsync("t", 0, values);
        }

        await ShareAsk.BeginAsync(broker, "g", topic, 0);
        return topic;
    }
}
