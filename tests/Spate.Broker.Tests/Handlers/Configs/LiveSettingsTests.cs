using Spate.Broker.Configuration;
using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Handlers.Configs;

/// <summary>What is set while the broker runs holds when the answer leaves, and holds again after the next start.</summary>
public sealed class LiveSettingsTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task A_topics_setting_reaches_its_log_and_survives_a_restart()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t", 2);
            await broker.ProduceAsync("t", 1, new string('x', 500));
            await broker.SetAsync(ConfigResource.Topic("t"), ("max.message.bytes", "200"), ("retention.ms", "1000"), ("min.insync.replicas", "2"));

            await AssertHeldAsync(broker);
            await broker.StopAsync();
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        await AssertHeldAsync(again);
        var told = await again.DescribeAsync(ConfigResource.Topic("t"), "max.message.bytes");
        Assert.Equal(("200", (sbyte)ConfigSource.Topic), (told.Value, told.ConfigSource));
        var deleted = await again.AskAsync(AskConfigs.Alter(ConfigResource.Topic("t"), ("max.message.bytes", AskConfigs.Delete, null), ("min.insync.replicas", AskConfigs.Delete, null)), 1);
        Assert.Equal(ErrorCode.None, deleted.Responses[0].ErrorCode);
        Assert.Equal(1, await again.ProduceAsync("t", 1, new string('x', 500)));

        static async Task AssertHeldAsync(TestBroker broker)
        {
            var large = await broker.AskAsync(Ask.Produce("t", 1, Batches.Of(new string('x', 500)), acks: 1), 9);
            Assert.Equal(ErrorCode.MessageTooLarge, large.Responses[0].PartitionResponses[0].ErrorCode);
            var small = await broker.AskAsync(Ask.Produce("t", 1, Batches.Of("x")), 9);
            Assert.Equal(ErrorCode.NotEnoughReplicas, small.Responses[0].PartitionResponses[0].ErrorCode);
            Assert.Equal(ErrorCode.None, broker.Partitions.Find("t", 0, out var partition));
            Assert.Equal(1000, partition!.Log.Config.RetentionMs);
        }
    }

    [Fact]
    public async Task A_brokers_setting_is_the_default_of_topics_that_are_there_and_of_new_ones()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files, "message.max.bytes=100000"))
        {
            await broker.CreateTopicAsync("own", 1, ("max.message.bytes", "300"));
            await broker.CreateTopicAsync("old");
            await broker.SetAsync(AskConfigs.EveryBroker, ("message.max.bytes", "150"), ("log.retention.ms", "9000"));
            await broker.CreateTopicAsync("new");
            Assert.Equal((300, 150, 150), (MaxBytes(broker, "own"), MaxBytes(broker, "old"), MaxBytes(broker, "new")));

            await broker.SetAsync(AskConfigs.Broker, ("message.max.bytes", "250"));
            Assert.Equal((300, 250, 250), (MaxBytes(broker, "own"), MaxBytes(broker, "old"), MaxBytes(broker, "new")));
        }

        await using var again = await TestBroker.StartOnAsync(_files, "message.max.bytes=100000");
        Assert.Equal((300, 250, 250), (MaxBytes(again, "own"), MaxBytes(again, "old"), MaxBytes(again, "new")));
        await again.AskAsync(AskConfigs.Replace(AskConfigs.Broker), 2);
        await again.AskAsync(AskConfigs.Replace(AskConfigs.EveryBroker), 2);
        Assert.Equal((300, 100_000, 100_000), (MaxBytes(again, "own"), MaxBytes(again, "old"), MaxBytes(again, "new")));
    }

    [Fact]
    public async Task Synonyms_tell_every_value_in_the_order_in_which_they_win()
    {
        await using var broker = await TestBroker.StartAsync("log.retention.minutes=7", "log.retention.ms=3000");
        await broker.CreateTopicAsync("t", 1, ("retention.ms", "5"));
        await broker.SetAsync(AskConfigs.EveryBroker, ("log.retention.ms", "4000"));
        await broker.SetAsync(AskConfigs.Broker, ("log.retention.ms", "6000"));

        var topic = await broker.DescribeAsync(ConfigResource.Topic("t"), "retention.ms");
        var ofBroker = await broker.DescribeAsync(AskConfigs.Broker, "log.retention.ms");
        var minutes = await broker.DescribeAsync(AskConfigs.Broker, "log.retention.minutes");

        (string, string, int)[] expected =
        [
            ("log.retention.ms", "6000", 2), ("log.retention.ms", "4000", 3), ("log.retention.ms", "3000", 4), ("log.retention.minutes", "7", 4),
            ("log.retention.hours", "168", 5),
        ];
        Assert.Equal([("retention.ms", "5", 1), .. expected], Synonyms(topic));
        Assert.Equal(expected, Synonyms(ofBroker));
        Assert.Equal(("6000", 2, false), (ofBroker.Value, ofBroker.ConfigSource, ofBroker.ReadOnly));
        Assert.Equal(("7", 4, true), (minutes.Value, minutes.ConfigSource, minutes.ReadOnly));
    }

    [Fact]
    public async Task All_brokers_are_described_by_what_was_set_on_all_of_them_alone()
    {
        await using var broker = await TestBroker.StartAsync("log.retention.ms=3000");
        Assert.Empty((await broker.AskAsync(AskConfigs.Describe(AskConfigs.EveryBroker), 4)).Results[0].Configs);
        await broker.SetAsync(AskConfigs.EveryBroker, ("log.retention.ms", "4000"));
        await broker.SetAsync(AskConfigs.Broker, ("log.retention.ms", "6000"), ("log.cleaner.threads", "2"));

        var told = Assert.Single((await broker.AskAsync(AskConfigs.Describe(AskConfigs.EveryBroker), 4)).Results[0].Configs);

        Assert.Equal(("log.retention.ms", "4000", (sbyte)3, false), (told.Name, told.Value, told.ConfigSource, told.ReadOnly));
        Assert.Equal([("log.retention.ms", "4000", 3), ("log.retention.ms", "3000", 4), ("log.retention.hours", "168", 5)], Synonyms(told));
    }

    [Fact]
    public async Task A_broker_is_described_by_all_its_settings_and_never_by_a_password()
    {
        await using var broker = await TestBroker.StartAsync("ssl.keystore.password=secret", "node.id=1");

        var all = (await broker.AskAsync(AskConfigs.Describe(AskConfigs.Broker), 4)).Results[0].Configs;

        Assert.Equal(BrokerKeys.All.Select(key => key.Name).Order(StringComparer.Ordinal), all.Select(config => config.Name));
        Assert.All(all, config => Assert.Equal((BrokerKeys.Find(config.Name)!.Update == ConfigUpdate.ReadOnly, (sbyte)BrokerKeys.Find(config.Name)!.Type), (config.ReadOnly, config.ConfigType)));
        Assert.DoesNotContain(all, config => config.Value == "secret" || config.Synonyms.Any(synonym => synonym.Value == "secret"));
        var password = all.Single(config => config.Name == "ssl.keystore.password");
        Assert.Equal((null, true, (sbyte)4), (password.Value, password.IsSensitive, password.ConfigSource));
        Assert.Equal(("1", (sbyte)4), all.Where(config => config.Name == "node.id").Select(config => (config.Value, config.ConfigSource)).Single());
    }

    [Fact]
    public async Task The_address_that_clients_are_told_changes_with_its_setting()
    {
        await using var broker = await TestBroker.StartAsync();

        await broker.SetAsync(AskConfigs.Broker, ("advertised.listeners", "PLAINTEXT://broker.example:19092"));

        var node = Assert.Single((await broker.AskAsync(new MetadataRequest { Topics = [] }, 9)).Brokers);
        Assert.Equal(("broker.example", 19092), (node.Host, node.Port));
    }

    [Fact]
    public async Task The_cleaner_begins_and_ends_with_its_number_of_threads()
    {
        await using var broker = await TestBroker.StartAsync("log.cleaner.threads=0", "log.cleaner.backoff.ms=1000");
        await broker.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"), ("segment.ms", "1"), ("min.cleanable.dirty.ratio", "0"));
        for (var round = 0; round < 3; round++)
        {
            var reply = await broker.AskAsync(Ask.Produce("t", 0, Batches.At(TestBroker.StartMs + (10_000 * round), $"{round}")), 9);
            Assert.Equal(ErrorCode.None, reply.Responses[0].PartitionResponses[0].ErrorCode);
            broker.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        // Each record is a segment of its own, and a fetch reads one segment.
        Assert.Equal(["0"], await broker.ReadAsync("t", 0));
        await broker.SetAsync(AskConfigs.EveryBroker, ("log.cleaner.threads", "2"), ("log.cleaner.io.buffer.size", "8192"));
        for (var beat = 0; (await broker.ReadAsync("t", 0))[0] == "0"; beat++)
        {
            Assert.True(beat < 10_000, "The log is not compacted.");
            broker.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await broker.SetAsync(AskConfigs.EveryBroker, ("log.cleaner.threads", "0"));
        await broker.StopAsync();
        Assert.Empty(broker.Log.Errors);
    }

    [Fact]
    public async Task A_group_keeps_its_settings_and_falls_back_on_the_brokers()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files, "group.consumer.session.timeout.ms=50000"))
        {
            await broker.SetAsync(ConfigResource.Group("g"), ("consumer.heartbeat.interval.ms", "6000"), ("share.auto.offset.reset", "by_duration:P1DT2H"));
        }

        await using var again = await TestBroker.StartOnAsync(_files, "group.consumer.session.timeout.ms=50000");
        var all = (await again.AskAsync(AskConfigs.Describe(ConfigResource.Group("g")), 4)).Results[0].Configs.ToDictionary(config => config.Name);
        Assert.Equal(GroupSettingKeys.All.Count, all.Count);
        Assert.Equal(("6000", 8), (all["consumer.heartbeat.interval.ms"].Value, all["consumer.heartbeat.interval.ms"].ConfigSource));
        Assert.Equal(("by_duration:P1DT2H", 8), (all["share.auto.offset.reset"].Value, all["share.auto.offset.reset"].ConfigSource));
        Assert.Equal(("50000", 4), (all["consumer.session.timeout.ms"].Value, all["consumer.session.timeout.ms"].ConfigSource));
        Assert.Equal([("consumer.heartbeat.interval.ms", "6000", 8), ("group.consumer.heartbeat.interval.ms", "5000", 5)], Synonyms(all["consumer.heartbeat.interval.ms"]));
    }

    [Fact]
    public async Task An_internal_topics_settings_may_be_changed()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.AskAsync(new FindCoordinatorRequest { Key = "g" }, 1);

        await broker.SetAsync(ConfigResource.Topic("__consumer_offsets"), ("segment.bytes", "2000000"));

        Assert.Equal(ErrorCode.None, broker.Partitions.Find("__consumer_offsets", 0, out var partition));
        Assert.Equal(2_000_000, partition!.Log.Config.SegmentBytes);
        Assert.True(partition.Log.Config.IsCompacted);
    }

    [Fact]
    public async Task Topics_cannot_be_deleted_where_that_is_switched_off()
    {
        await using var broker = await TestBroker.StartAsync("delete.topic.enable=false");
        await broker.CreateTopicAsync("t");

        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(new DeleteTopicsRequest { TopicNames = ["t"] }, 2)).Responses[0].ErrorCode);
        Assert.Equal(ErrorCode.TopicDeletionDisabled, (await broker.AskAsync(new DeleteTopicsRequest { TopicNames = ["t"] }, 5)).Responses[0].ErrorCode);
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
    }

    private static int MaxBytes(TestBroker broker, string topic)
    {
        Assert.Equal(ErrorCode.None, broker.Partitions.Find(topic, 0, out var partition));
        return partition!.Log.Config.Validation.MaximumBatchSize;
    }

    private static IEnumerable<(string Name, string Value, int Source)> Synonyms(DescribeConfigsResponse.DescribeConfigsResourceResult told) =>
        told.Synonyms.Select(synonym => (synonym.Name, synonym.Value!, (int)synonym.Source));
}
