using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Protocol.Compression;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Telemetry;

/// <summary>A broker is driven by a client, and its figures are read by a listener as whoever publishes them would.</summary>
public sealed class BrokerMetricsTests
{
    [Fact]
    public async Task Records_in_and_out_are_counted_for_their_topic_and_for_all()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        await broker.CreateTopicAsync("b");
        var batch = Batches.Of("x", "yy", "zzz");
        using var client = await broker.ConnectAsync();
        await client.AskAsync(Ask.Produce("a", 0, batch.ToArray()), 9);
        await client.AskAsync(Ask.Produce("a", 0, batch.ToArray()), 9);
        await client.AskAsync(Ask.Produce("b", 0, batch.ToArray()), 9);
        await client.AskAsync(Ask.Fetch("a", 0, 0), 12);

        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Equal((6, 3, 9), (figures["spate.topic.messages.in", "a"], figures["spate.topic.messages.in", "b"], figures["spate.broker.messages.in"]));
        Assert.Equal(2 * batch.Length, figures["spate.topic.bytes.in", "a"]);
        Assert.Equal(3 * batch.Length, figures["spate.broker.bytes.in"]);
        Assert.Equal((2, 3), (figures["spate.topic.produce.requests", "a"], figures["spate.broker.produce.requests"]));
        Assert.Equal((2 * batch.Length, 0, 2 * batch.Length), (figures["spate.topic.bytes.out", "a"], figures["spate.topic.bytes.out", "b"], figures["spate.broker.bytes.out"]));
        Assert.Equal((1, 0), (figures["spate.topic.fetch.requests", "a"], figures["spate.topic.fetch.requests", "b"]));
        Assert.Equal((0, 0, 0), (figures["spate.broker.produce.failures"], figures["spate.broker.fetch.failures"], figures["spate.broker.produce.conversions"]));
        Assert.Equal((6, 1, 2 * batch.Length), (figures["spate.log.end_offset", "a", "0"], figures["spate.log.segments", "a", "0"], figures["spate.log.size", "a", "0"]));
    }

    [Fact]
    public async Task A_fetch_that_waits_is_counted_once_when_it_is_answered()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        using var client = await broker.ConnectAsync();
        var asked = await client.SendAsync(Ask.Fetch("a", 0, 0, maxWaitMs: 60_000, minBytes: 1), 12);
        await broker.WhenWatchedAsync("a", 0, 1);
        await broker.WhenAsync(() => broker.Metrics.Requests.Of(ApiKey.Fetch).Waiting == 1, "the wait of the fetch");
        using var figures = new Readings(broker.Metrics.Meter);
        Assert.Equal((1, 1), (figures["spate.requests.waiting", "Fetch"], figures["spate.partitions.watchers", "Fetch"]));
        Assert.Equal(0, figures["spate.topic.fetch.requests", "a"]);

        broker.Clock.Advance(TimeSpan.FromMilliseconds(1500));
        await broker.ProduceAsync("a", 0, "x");
        await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12, asked);

        // The reply may be here before the stage of its sending has ended.
        await broker.WhenAsync(() => broker.Metrics.Requests.Of(ApiKey.Fetch).Total.Count == 1, "the end of the fetch");
        figures.Refresh();
        Assert.Equal((0, 0), (figures["spate.requests.waiting", "Fetch"], figures["spate.partitions.watchers", "Fetch"]));
        Assert.Equal(1, figures["spate.topic.fetch.requests", "a"]);
        Assert.Equal((1500, 1500), (figures["spate.requests.time.remote", "Fetch", "max"], figures["spate.requests.time.total", "Fetch", "p99"]));
        Assert.Equal((0, 0), (figures["spate.requests.time.local", "Fetch", "max"], figures["spate.requests.time.response_send", "Fetch", "max"]));
        Assert.Equal(1500, figures["spate.requests.time.remote", "FetchConsumer", "mean"]);
    }

    [Fact]
    public async Task Fetch_sessions_are_counted_with_their_partitions()
    {
        await using var broker = await TestBroker.StartAsync("max.incremental.fetch.session.cache.slots=1");
        await broker.CreateTopicAsync("a");
        var fetch = Ask.Fetch("a", 0, 0);
        fetch.SessionEpoch = 0;
        Assert.NotEqual(0, (await broker.AskAsync(fetch, 12)).SessionId);
        using var figures = new Readings(broker.Metrics.Meter);
        Assert.Equal((1, 1, 0), (figures["spate.fetch.sessions.count"], figures["spate.fetch.sessions.partitions"], figures["spate.fetch.sessions.evictions"]));

        // The place of a session that was not used for long goes to the next.
        broker.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.NotEqual(0, (await broker.AskAsync(fetch, 12)).SessionId);
        figures.Refresh();
        Assert.Equal((1, 1, 1), (figures["spate.fetch.sessions.count"], figures["spate.fetch.sessions.partitions"], figures["spate.fetch.sessions.evictions"]));
    }

    [Fact]
    public async Task Appends_that_are_refused_are_counted_by_what_was_wrong_with_them()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("small", 1, ("max.message.bytes", "100"));
        await broker.CreateTopicAsync("keyed", 1, ("cleanup.policy", "compact"));
        await broker.CreateTopicAsync("held", 1, ("min.insync.replicas", "2"));
        var large = Batches.Of(new string('x', 200));
        Assert.Equal(ErrorCode.MessageTooLarge, await ProduceAsync(broker, "small", large));
        var corrupt = Batches.Of("x");
        corrupt[^1] ^= 1;
        Assert.Equal(ErrorCode.CorruptMessage, await ProduceAsync(broker, "keyed", corrupt));
        Assert.Equal(ErrorCode.InvalidRecord, await ProduceAsync(broker, "keyed", Keyless()));
        Assert.Equal(ErrorCode.NotEnoughReplicas, await ProduceAsync(broker, "held", Batches.Of("x")));
        Assert.Equal(ErrorCode.InvalidRecord, await ProduceAsync(broker, "keyed", Batches.Legacy(1, "x")));

        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Equal((large.Length, 0), (figures["spate.topic.bytes.rejected", "small"], figures["spate.topic.bytes.rejected", "keyed"]));
        Assert.Equal((1, 1, 1, 0), (
            figures["spate.broker.validation.checksum"], figures["spate.broker.validation.missing_key"], figures["spate.broker.validation.magic"],
            figures["spate.broker.validation.numbering"]));
        Assert.Equal((0, 2, 1), (figures["spate.topic.produce.failures", "small"], figures["spate.topic.produce.failures", "keyed"], figures["spate.topic.produce.failures", "held"]));
        Assert.Equal((0, 5), (figures["spate.broker.messages.in"], figures["spate.broker.produce.requests"]));
        Assert.Equal(
            (1, 1, 2, 1),
            (figures["spate.requests.errors", "Produce", "MESSAGE_TOO_LARGE"], figures["spate.requests.errors", "Produce", "CORRUPT_MESSAGE"],
                figures["spate.requests.errors", "Produce", "INVALID_RECORD"], figures["spate.requests.errors", "Produce", "NOT_ENOUGH_REPLICAS"]));
        Assert.Equal(1, figures["spate.partitions.under_min_isr"]);
    }

    [Fact]
    public async Task Conversions_are_counted_where_formats_differ()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("packed", 1, ("compression.type", "gzip"));
        await ProduceAsync(broker, "packed", Batches.Of("x", "y"));
        await broker.AskAsync(Ask.Produce("packed", 0, Batches.Legacy(1, "z")), 2);
        await ProduceAsync(broker, "packed", Batches.Compressed(CompressionCodec.Gzip, "w"));
        await broker.AskAsync(Ask.Fetch("packed", 0, 0), 2);
        await broker.AskAsync(Ask.Fetch("packed", 0, 0), 12);

        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Equal((3, 3), (figures["spate.topic.produce.conversions", "packed"], figures["spate.broker.produce.conversions"]));
        Assert.Equal((1, 2), (figures["spate.topic.fetch.conversions", "packed"], figures["spate.topic.fetch.requests", "packed"]));
    }

    [Fact]
    public async Task Requests_are_counted_by_version_and_old_ones_by_who_asks_in_them()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        using var client = await broker.ConnectAsync();
        await client.AskAsync(new ApiVersionsRequest { ClientSoftwareName = "old-lib", ClientSoftwareVersion = "0.9" }, 3);
        await client.AskAsync(Ask.Produce("a", 0, Batches.Legacy(1, "x")), 2);
        await client.AskAsync(Ask.Produce("a", 0, Batches.Legacy(1, "x")), 2);
        await client.AskAsync(Ask.Produce("a", 0, Batches.Of("x")), 9);
        await broker.AskAsync(Ask.Fetch("a", 0, 0), 3);

        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Equal((2, 1, 1), (figures["spate.requests", "Produce", "2"], figures["spate.requests", "Produce", "9"], figures["spate.requests", "ApiVersions", "3"]));
        Assert.False(figures.Has("spate.requests", "Produce", "3"));
        Assert.Equal(2, figures["spate.requests.deprecated", "Produce", "2", "old-lib", "0.9"]);
        Assert.Equal(1, figures["spate.requests.deprecated", "Fetch", "3", "unknown", "unknown"]);
        Assert.False(figures.Has("spate.requests.deprecated", "Produce", "9", "old-lib", "0.9"));
        Assert.Equal(3, figures["spate.requests.errors", "Produce", "NONE"]);
        Assert.Equal(3, figures["spate.requests.bytes.request.count", "Produce"]);
    }

    [Fact]
    public async Task Figures_of_a_topic_go_with_it_and_those_of_all_topics_stay()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        await broker.ProduceAsync("a", 0, "x");
        await broker.DeleteTopicAsync("a");
        using var figures = new Readings(broker.Metrics.Meter);
        Assert.False(figures.Has("spate.topic.messages.in", "a"));
        Assert.False(figures.Has("spate.log.size", "a", "0"));
        Assert.Equal(1, figures["spate.broker.messages.in"]);

        await broker.CreateTopicAsync("a");
        figures.Refresh();
        Assert.Equal(0, figures["spate.topic.messages.in", "a"]);
    }

    [Fact]
    public async Task What_was_decided_is_counted()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a", 3);
        await broker.CreateTopicAsync("b", 2);
        broker.Clock.Advance(TimeSpan.FromSeconds(5));
        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Equal((2, 5), (figures["spate.controller.topics"], figures["spate.controller.partitions"]));
        Assert.Equal((5, 5, 0, 0), (
            figures["spate.partitions.count"], figures["spate.partitions.leaders"], figures["spate.partitions.offline"], figures["spate.partitions.under_replicated"]));
        Assert.Equal((1, 1, 0), (figures["spate.controller.active"], figures["spate.controller.brokers.active"], figures["spate.controller.errors"]));
        Assert.Equal(figures["spate.quorum.end_offset"] - 1, figures["spate.controller.records.applied"]);
        Assert.Equal(TestBroker.StartMs, figures["spate.controller.records.time"]);
        Assert.Equal(5000, figures["spate.controller.records.age"]);
        Assert.Equal(MetadataVersion.Latest, figures["spate.controller.metadata_version"]);
        Assert.Equal(figures["spate.controller.operations"], figures["spate.controller.processing.time.count"]);
        Assert.Equal(0, figures["spate.controller.queue.size"]);
    }

    [Fact]
    public async Task Groups_are_counted_by_state_with_their_offsets()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("a", 2);
        using var member = await GroupMember.FindAsync(broker, "simple");
        await broker.WhenAsync(() => broker.Metrics.Groups.LoadTime.Count == 3, "the loading of the groups");
        foreach (var partition in (int[])[0, 1, 1])
        {
            var reply = await broker.AskAsync(Ask.Commit("simple", "a", topic, partition, 5), 8);
            Assert.Equal(ErrorCode.None, reply.Topics[0].Partitions[0].ErrorCode);
        }

        using var figures = new Readings(broker.Metrics.Meter);
        Assert.Equal((1, 1, 0), (figures["spate.groups.count", "classic"], figures["spate.groups.by_state", "Empty"], figures["spate.groups.by_state", "Stable"]));
        Assert.Equal((2, 3), (figures["spate.groups.offsets"], figures["spate.groups.offset.commits"]));
        Assert.Equal((0, 3, 0), (figures["spate.groups.partitions", "loading"], figures["spate.groups.partitions", "active"], figures["spate.groups.partitions", "failed"]));

        var deleted = await broker.AskAsync(new DeleteGroupsRequest { GroupsNames = ["simple"] }, 2);
        Assert.Equal(ErrorCode.None, deleted.Results[0].ErrorCode);
        figures.Refresh();
        Assert.Equal((0, 0, 0), (figures["spate.groups.count", "classic"], figures["spate.groups.by_state", "Empty"], figures["spate.groups.by_state", "Dead"]));
        Assert.Equal((0, 3), (figures["spate.groups.offsets"], figures["spate.groups.offset.commits"]));
    }

    [Fact]
    public async Task Flushes_are_timed()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a", 1, ("flush.messages", "1"));
        var before = broker.Metrics.Flushes.Time.Count;
        await broker.ProduceAsync("a", 0, "x");

        Assert.True(broker.Metrics.Flushes.Time.Count > before, "The append was answered, and no flush was timed.");
    }

    [Fact]
    public async Task Two_brokers_of_one_process_count_apart()
    {
        await using var one = await TestBroker.StartAsync();
        await using var other = await TestBroker.StartAsync("node.id=7");
        await one.CreateTopicAsync("a");
        await other.CreateTopicAsync("a");
        await one.ProduceAsync("a", 0, "x");
        using var ofOne = new Readings(one.Metrics.Meter);
        using var ofOther = new Readings(other.Metrics.Meter);

        Assert.Equal((1, 0), (ofOne["spate.topic.messages.in", "a"], ofOther["spate.topic.messages.in", "a"]));
        Assert.Contains(other.Metrics.Meter.Meter.Tags!, tag => tag is { Key: "node.id", Value: 7 });
    }

    [Fact]
    public async Task A_broker_that_has_stopped_publishes_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.StopAsync();
        using var figures = new Readings(broker.Metrics.Meter);

        Assert.Empty(figures.Names);
    }

    private static byte[] Keyless()
    {
        using var builder = new RecordBatchBuilder(RecordBatchOptions.Default);
        builder.Append(TestBroker.StartMs, NullableBytes.Null, "v"u8);
        return builder.Build().ToArray();
    }

    private static async Task<ErrorCode> ProduceAsync(TestBroker broker, string topic, byte[] batch)
    {
        var reply = await broker.AskAsync(Ask.Produce(topic, 0, batch), 9);
        return reply.Responses[0].PartitionResponses[0].ErrorCode;
    }
}
