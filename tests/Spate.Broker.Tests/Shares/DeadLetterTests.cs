using System.Text;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;
using static Spate.Broker.Tests.Shares.ShareMember;

namespace Spate.Broker.Tests.Shares;

/// <summary>Records that a share group gives up go to a topic that it has chosen, before it is written down that they were (KIP-1191).</summary>
public sealed class DeadLetterTests
{
    private const string Letters = "dlq.t";

    private static readonly (string, string) Allowed = ("errors.deadletterqueue.group.enable", "true");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_rejected_or_delivered_too_often_is_written_with_what_became_of_it(bool copies)
    {
        await using var broker = await TestBroker.StartAsync("group.share.delivery.count.limit=2");
        await broker.CreateTopicAsync(Letters, 2, Allowed);
        var one = await BeginAsync(broker, "a", "b", "c");
        await ShareAsk.SetAsync(broker, "g", "errors.deadletterqueue.copy.record.enable", copies ? "true" : "false");
        Assert.Equal("0*1=a 1*1=b 2*1=c", await one.FetchAsync());

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 2, Release, Reject, Accept));
        Assert.Equal("0*2=a", await one.FetchAsync());
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Release));

        var letters = await LettersAsync(broker, 1);
        Assert.Equal(
            [
                (copies ? "b" : null, "t 1 1 g 1 A member of the group rejected the record."),
                (copies ? "a" : null, "t 1 0 g 2 The record was delivered as often as the group allows, and nobody accepted it."),
            ],
            letters);
        Assert.Equal("3:", await ShareAsk.StateAsync(broker, "g", one.Topic, 1));
        Assert.Equal("", await one.FetchAsync());
    }

    [Fact]
    public async Task What_is_held_too_long_the_last_time_is_written_too()
    {
        await using var broker = await TestBroker.StartAsync("group.share.delivery.count.limit=2");
        await broker.CreateTopicAsync(Letters, 1, Allowed);
        var one = await BeginAsync(broker, "a");
        await one.FetchAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(30));
        await broker.WhenAsync(() => Held(broker) == 0, "the lock to be taken back");
        Assert.Equal("0*2=a", await one.FetchAsync());
        broker.Clock.Advance(TimeSpan.FromSeconds(30));
        await broker.WhenAsync(() => Held(broker) == 0, "the record to be given up");

        Assert.Equal("t 1 0 g 2 The record was delivered as often as the group allows, and nobody accepted it.", Assert.Single(await LettersAsync(broker, 0)).Headers);
        Assert.Equal("1:", await ShareAsk.StateAsync(broker, "g", one.Topic, 1));
    }

    [Fact]
    public async Task What_cannot_be_written_is_not_given_up_until_it_can()
    {
        await using var broker = await TestBroker.StartAsync("group.share.delivery.count.limit=2");
        await broker.CreateTopicAsync(Letters, 1, Allowed, ("min.insync.replicas", "2"));
        var one = await BeginAsync(broker, "a", "b");
        await one.FetchAsync();

        Assert.Equal(ErrorCode.NotEnoughReplicas, await one.AcknowledgeAsync(0, 0, Reject));
        Assert.Equal("0:", await ShareAsk.StateAsync(broker, "g", one.Topic, 1));
        Assert.Equal(2, Held(broker));

        var reply = await broker.AskAsync(
            new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = Letters, Configs = [new() { Name = "min.insync.replicas", Value = "1" }] }] }, 1);
        Assert.Equal(ErrorCode.None, reply.Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Reject));
        Assert.Equal("t 1 0 g 1 A member of the group rejected the record.", Assert.Single(await LettersAsync(broker, 0)).Headers);
    }

    [Fact]
    public async Task What_no_member_says_is_tried_again_by_itself()
    {
        await using var broker = await TestBroker.StartAsync("group.share.delivery.count.limit=2");
        await broker.CreateTopicAsync(Letters, 1, Allowed, ("min.insync.replicas", "2"));
        var one = await BeginAsync(broker, "a");
        await one.FetchAsync();
        await one.AcknowledgeAsync(0, 0, Release);
        await one.FetchAsync();
        broker.Clock.Advance(TimeSpan.FromSeconds(30));
        await broker.WhenAsync(() => broker.Log.Complaints.Count > 0, "the first attempt");
        await broker.AskAsync(
            new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = Letters, Configs = [new() { Name = "min.insync.replicas", Value = "1" }] }] }, 1);
        Assert.Equal(1, Held(broker));

        broker.Clock.Advance(TimeSpan.FromSeconds(2));

        await broker.WhenAsync(() => Held(broker) == 0, "the record to be given up");
        Assert.Single(await LettersAsync(broker, 0));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_topic_that_is_not_there_is_made_where_that_is_allowed(bool isAllowed)
    {
        await using var broker = await TestBroker.StartAsync($"errors.deadletterqueue.auto.create.topics.enable={isAllowed}", "auto.create.topics.enable=false");
        var one = await BeginAsync(broker, "a", "b");
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Reject));
        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(1, 1, Reject));

        Assert.Equal("2:", await ShareAsk.StateAsync(broker, "g", one.Topic, 1));
        if (isAllowed)
        {
            Assert.Equal(2, (await LettersAsync(broker, 0)).Count);
            Assert.Empty(broker.Log.Complaints);
        }
        else
        {
            Assert.Contains("there is no such topic", Assert.Single(broker.Log.Complaints), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_topic_whose_owner_does_not_allow_it_is_left_alone()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync(Letters);
        var one = await BeginAsync(broker, "a");
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 0, Reject));

        Assert.Empty(await broker.ReadAsync(Letters, 0));
        Assert.Equal("1:", await ShareAsk.StateAsync(broker, "g", one.Topic, 1));
        Assert.Contains("errors.deadletterqueue.group.enable", Assert.Single(broker.Log.Complaints), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_and_large_records_come_in_batches_that_the_topic_takes()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync(Letters, 1, Allowed, ("max.message.bytes", "2000"));
        var one = await BeginAsync(broker, [.. Enumerable.Range(0, 30).Select(number => new string('x', number == 7 ? 3000 : 100))]);
        await ShareAsk.SetAsync(broker, "g", "errors.deadletterqueue.copy.record.enable", "true");
        await one.FetchAsync();

        Assert.Equal(ErrorCode.None, await one.AcknowledgeAsync(0, 29, Reject));

        var letters = await LettersAsync(broker, 0);
        Assert.Equal(Enumerable.Range(0, 30).Select(number => number == 7 ? null : new string('x', 100)), letters.Select(letter => letter.Value));
    }

    [Theory]
    [InlineData("__consumer_offsets")]
    [InlineData("dlq.no topic")]
    [InlineData("other")]
    public async Task Names_that_may_not_be_are_refused(string name)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(
            new IncrementalAlterConfigsRequest
            {
                Resources = [new() { ResourceType = 32, ResourceName = "g", Configs = [new() { Name = "errors.deadletterqueue.topic.name", Value = name }] }],
            },
            1);

        Assert.Equal(ErrorCode.InvalidConfig, reply.Responses[0].ErrorCode);
        Assert.Contains("errors.deadletterqueue.topic.name", reply.Responses[0].ErrorMessage, StringComparison.Ordinal);
    }

    private static long Held(TestBroker broker) => broker.Shares.Partitions.All.Sum(each => each.RecordsHeld);

    /// <summary>A member of a group that keeps what it gives up, which reads partition 1 of a topic.</summary>
    private static async Task<ShareMember> BeginAsync(TestBroker broker, params string[] values)
    {
        var topic = await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 1, values);
        await ShareAsk.BeginAsync(broker, "g", topic, 0, partition: 1);
        await ShareAsk.SetAsync(broker, "g", "errors.deadletterqueue.topic.name", Letters);
        return await ShareMember.JoinAsync(broker, "g", "one", (topic, 1));
    }

    private static async Task<List<(string? Value, string Headers)>> LettersAsync(TestBroker broker, int partition)
    {
        var reply = await broker.AskAsync(Ask.Fetch(Letters, partition, 0), 12);
        return
        [
            .. OwnedRecord.ReadAll(reply.Responses[0].Partitions[0].Records.Bytes.Span, 1 << 20).Select(record => (
                record.Value is { } value ? Encoding.UTF8.GetString(value) : null,
                string.Join(' ', record.Headers.Select(header => Encoding.UTF8.GetString(header.Value!))))),
        ];
    }
}
