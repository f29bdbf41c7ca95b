using Spate.Broker.Configuration;
using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Handlers.Configs;

/// <summary>What is wrong with a request about settings is said with Kafka's code, and with the cause in a sentence; nothing is changed by it.</summary>
public sealed class ConfigFaultsTests
{
    [Theory]
    [InlineData(2, "", ErrorCode.InvalidRequest)]
    [InlineData(2, "a b", ErrorCode.InvalidTopic)]
    [InlineData(2, "none", ErrorCode.UnknownTopicOrPartition)]
    [InlineData(4, "2", ErrorCode.InvalidRequest)]
    [InlineData(4, "-1", ErrorCode.InvalidRequest)]
    [InlineData(4, "one", ErrorCode.InvalidRequest)]
    [InlineData(8, "", ErrorCode.InvalidRequest)]
    [InlineData(8, "2", ErrorCode.InvalidRequest)]
    [InlineData(16, "", ErrorCode.InvalidRequest)]
    [InlineData(32, "", ErrorCode.InvalidRequest)]
    [InlineData(0, "x", ErrorCode.InvalidRequest)]
    [InlineData(3, "x", ErrorCode.InvalidRequest)]
    [InlineData(-1, "x", ErrorCode.InvalidRequest)]
    public async Task A_resource_that_has_no_settings_is_refused_by_all(sbyte type, string name, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var resource = new ConfigResource(type, name);

        var described = Assert.Single((await broker.AskAsync(AskConfigs.Describe(resource), 4)).Results);
        var altered = Assert.Single((await broker.AskAsync(AskConfigs.Alter(resource, ("retention.ms", AskConfigs.Set, "1")), 1)).Responses);
        var replaced = Assert.Single((await broker.AskAsync(AskConfigs.Replace(resource, ("retention.ms", "1")), 2)).Responses);

        Assert.Equal((error, error, error), (described.ErrorCode, altered.ErrorCode, replaced.ErrorCode));
        Assert.All(new[] { described.ErrorMessage, altered.ErrorMessage, replaced.ErrorMessage }, message => Assert.EndsWith(".", message, StringComparison.Ordinal));
        Assert.Equal((type, name), (altered.ResourceType, altered.ResourceName));
        Assert.Empty(described.Configs);
    }

    [Theory]
    [InlineData(2, "t", "retention.ms", "soon", ErrorCode.InvalidConfig, "retention.ms=soon")]
    [InlineData(2, "t", "retention.ms", "-2", ErrorCode.InvalidConfig, "at least -1")]
    [InlineData(2, "t", "retention.m", "1", ErrorCode.InvalidConfig, "the nearest one is retention.ms")]
    [InlineData(2, "t", "colour", "blue", ErrorCode.InvalidConfig, "not a setting of a topic")]
    [InlineData(2, "t", "message.format.version", "2.0", ErrorCode.InvalidConfig, "gone since Kafka 4.0")]
    [InlineData(2, "t", "remote.storage.enable", "true", ErrorCode.InvalidConfig, "comes with a later version")]
    [InlineData(2, "t", "max.compaction.lag.ms", "1", ErrorCode.InvalidConfig, "above max.compaction.lag.ms=1")]
    [InlineData(4, "1", "node.id", "2", ErrorCode.InvalidRequest, "cannot change while a broker runs")]
    [InlineData(4, "", "log.dirs", "/x", ErrorCode.InvalidRequest, "cannot change while a broker runs")]
    [InlineData(4, "", "advertised.listeners", "PLAINTEXT://a:1", ErrorCode.InvalidRequest, "name its id")]
    [InlineData(4, "1", "advertised.listeners", "OTHER://a:1", ErrorCode.InvalidRequest, "no listener of the name OTHER")]
    [InlineData(4, "1", "log.cleaner.threads", "-1", ErrorCode.InvalidRequest, "between 0 and 1024")]
    [InlineData(4, "", "log.cleaner.thread", "1", ErrorCode.InvalidRequest, "the nearest one is log.cleaner.threads")]
    [InlineData(4, "1", "ssl.keystore.password", "secret", ErrorCode.InvalidRequest, "Security comes with a later version")]
    [InlineData(4, "1", "listener.name.internal.sasl.jaas.config", "secret", ErrorCode.InvalidRequest, "Security comes with a later version")]
    [InlineData(4, "1", "zookeeper.connect", "a", ErrorCode.InvalidRequest, "gone since Kafka 4.0")]
    [InlineData(16, "m", "interval.ms", "99", ErrorCode.InvalidRequest, "between 100 and 3600000")]
    [InlineData(16, "m", "match", "colour=blue", ErrorCode.InvalidRequest, "property=expression")]
    [InlineData(16, "m", "match", "client_id=(", ErrorCode.InvalidRequest, "cannot be read")]
    [InlineData(16, "m", "period", "1", ErrorCode.InvalidRequest, "not a setting of a subscription")]
    [InlineData(32, "g", "consumer.session.timeout.ms", "1000", ErrorCode.InvalidConfig, "group.consumer.min.session.timeout.ms")]
    [InlineData(32, "g", "share.heartbeat.interval.ms", "99999", ErrorCode.InvalidConfig, "group.share.max.heartbeat.interval.ms")]
    [InlineData(32, "g", "share.auto.offset.reset", "by_duration:-P1D", ErrorCode.InvalidConfig, "negative")]
    [InlineData(32, "g", "share.auto.offset.reset", "by_duration:1 day", ErrorCode.InvalidConfig, "PnDTnHnMn.nS")]
    [InlineData(32, "g", "share.auto.offset.reset", "middle", ErrorCode.InvalidConfig, "earliest, latest")]
    [InlineData(32, "g", "streams.num.warmup.replicas", "21", ErrorCode.InvalidConfig, "group.streams.max.warmup.replicas")]
    [InlineData(32, "g", "streams.task.offset.interval.ms", "14999", ErrorCode.InvalidConfig, "group.streams.min.task.offset.interval.ms")]
    [InlineData(32, "g", "streams.acceptable.recovery.lag", "-1", ErrorCode.InvalidConfig, "streams.acceptable.recovery.lag")]
    [InlineData(32, "g", "streams.num.standby.replicas", "3", ErrorCode.InvalidConfig, "group.streams.max.standby.replicas")]
    [InlineData(32, "g", "retention.ms", "3", ErrorCode.InvalidConfig, "not a setting of a group")]
    public async Task A_setting_that_cannot_be_is_refused_and_nothing_is_set(sbyte type, string resourceName, string name, string value, ErrorCode error, string why)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("min.compaction.lag.ms", "5"));
        var resource = new ConfigResource(type, resourceName);

        var told = Assert.Single((await broker.AskAsync(AskConfigs.Alter(resource, (name, AskConfigs.Set, value)), 1)).Responses);

        Assert.Equal(error, told.ErrorCode);
        Assert.Contains(why, told.ErrorMessage, StringComparison.Ordinal);
        Assert.EndsWith(".", told.ErrorMessage, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", told.ErrorMessage, StringComparison.Ordinal);
        var described = (await broker.AskAsync(AskConfigs.Describe(resource), 4)).Results[0].Configs;
        Assert.DoesNotContain(described, config => config.Name == name && config.ConfigSource is not ((sbyte)ConfigSource.Default or (sbyte)ConfigSource.StaticBroker));
    }

    [Fact]
    public async Task One_resources_fault_does_not_touch_the_others_and_answers_are_in_the_order_of_the_request()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var request = AskConfigs.Alter(ConfigResource.Topic("none"), ("retention.ms", AskConfigs.Set, "1"));
        request.Resources.AddRange(AskConfigs.Alter(AskConfigs.Loggers, ("root", AskConfigs.Set, "DEBUG")).Resources);
        request.Resources.AddRange(AskConfigs.Alter(ConfigResource.Topic("t"), ("retention.ms", AskConfigs.Set, "1000")).Resources);

        var reply = await broker.AskAsync(request, 1);

        Assert.Equal(
            [("none", ErrorCode.UnknownTopicOrPartition), ("1", ErrorCode.None), ("t", ErrorCode.None)],
            reply.Responses.Select(each => (each.ResourceName, each.ErrorCode)));
        Assert.Equal("1000", (await broker.DescribeAsync(ConfigResource.Topic("t"), "retention.ms")).Value);
    }

    [Fact]
    public async Task What_is_only_to_be_looked_at_changes_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var incremental = AskConfigs.Alter(ConfigResource.Topic("t"), ("retention.ms", AskConfigs.Set, "1000"));
        incremental.Resources.AddRange(AskConfigs.Alter(AskConfigs.Loggers, ("root", AskConfigs.Set, "ERROR")).Resources);
        incremental.ValidateOnly = true;
        var replacement = AskConfigs.Replace(ConfigResource.Topic("t"), ("retention.ms", "1000"));
        replacement.ValidateOnly = true;

        Assert.All((await broker.AskAsync(incremental, 1)).Responses, told => Assert.Equal(ErrorCode.None, told.ErrorCode));
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(replacement, 2)).Responses[0].ErrorCode);

        Assert.Equal((sbyte)ConfigSource.Default, (await broker.DescribeAsync(ConfigResource.Topic("t"), "retention.ms")).ConfigSource);
        Assert.Equal("TRACE", (await broker.DescribeAsync(AskConfigs.Loggers, "root")).Value);
    }

    [Fact]
    public async Task CreateTopics_holds_settings_to_the_same_rules()
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Ask.CreateTopic("t", 1, ("min.compaction.lag.ms", "5"), ("max.compaction.lag.ms", "4")), 7);

        Assert.Equal(ErrorCode.InvalidConfig, reply.Topics[0].ErrorCode);
        Assert.Contains("max.compaction.lag.ms=4", reply.Topics[0].ErrorMessage, StringComparison.Ordinal);
    }
}
