using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class ConfigAdminTests
{
    [Fact]
    public async Task Settings_of_topics_are_changed_item_by_item_and_told_with_where_they_come_from()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t");
        var (topic, nowhere) = (ConfigResource.Topic("t"), ConfigResource.Topic("nowhere"));

        await AlterAsync(fixture, topic, ConfigChange.Set("cleanup.policy", "compact"), ConfigChange.Set("retention.ms", "5000"));
        await AlterAsync(fixture, topic, ConfigChange.Append("cleanup.policy", "delete"));
        var described = await fixture.Admin.Configs.DescribeAsync([topic, nowhere], new DescribeConfigsOptions { IncludeSynonyms = true, IncludeDocumentation = true }).OrTimeout("the settings");
        var (policy, retention) = (described[topic].Value["cleanup.policy"], described[topic].Value["retention.ms"]);
        Assert.Equal(("compact,delete", ConfigEntrySource.Topic, ConfigValueType.List), (policy.Value, policy.Source, policy.Type));
        Assert.Equal((new ConfigSynonym("retention.ms", "5000", ConfigEntrySource.Topic), ConfigValueType.Long), (retention.Synonyms[0], retention.Type));
        Assert.NotEmpty(retention.Documentation!);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described[nowhere].Error!.ErrorCode);

        await AlterAsync(fixture, topic, ConfigChange.Subtract("cleanup.policy", "compact"), ConfigChange.Reset("retention.ms"));
        var after = (await fixture.Admin.Configs.DescribeAsync([topic]).OrTimeout("the settings"))[topic].Value;
        Assert.Equal(("delete", ConfigEntrySource.Default), (after["cleanup.policy"].Value, after["retention.ms"].Source));
        Assert.Null(after["retention.ms"].Documentation);
        Assert.Empty(after["retention.ms"].Synonyms);
    }

    [Fact]
    public async Task A_trial_changes_nothing_and_faults_are_told_for_each()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t");
        var (topic, nowhere) = (ConfigResource.Topic("t"), ConfigResource.Topic("nowhere"));

        var tried = await fixture.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [topic] = [ConfigChange.Set("retention.ms", "5000")],
            [nowhere] = [ConfigChange.Set("retention.ms", "5000")],
        }, validateOnly: true).OrTimeout("the trial");
        tried[topic].ThrowIfFailed();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, tried[nowhere].Error!.ErrorCode);
        var wrong = await fixture.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [topic] = [ConfigChange.Set("retention.ms", "soon")] }).OrTimeout("the refusal");
        Assert.Equal(ErrorCode.InvalidConfig, wrong[topic].Error!.ErrorCode);
        Assert.Equal(ConfigEntrySource.Default, (await fixture.Admin.Configs.DescribeAsync([topic]).OrTimeout("the settings"))[topic].Value["retention.ms"].Source);
    }

    [Fact]
    public async Task What_is_replaced_has_nothing_else_set()
    {
        await using var fixture = await AdminFixture.StartAsync();
        await fixture.CreateAsync("t");
        var topic = ConfigResource.Topic("t");
        await AlterAsync(fixture, topic, ConfigChange.Set("retention.ms", "5000"));

        var replaced = await fixture.Admin.Configs.ReplaceAsync(new Dictionary<ConfigResource, IReadOnlyDictionary<string, string>>
        {
            [topic] = new Dictionary<string, string> { ["max.message.bytes"] = "3000" },
            [ConfigResource.Topic("nowhere")] = new Dictionary<string, string>(),
        }).OrTimeout("the change");
        replaced[topic].ThrowIfFailed();
        Assert.False(replaced[ConfigResource.Topic("nowhere")].IsSuccess);
        var after = (await fixture.Admin.Configs.DescribeAsync([topic]).OrTimeout("the settings"))[topic].Value;
        Assert.Equal((ConfigEntrySource.Default, "3000"), (after["retention.ms"].Source, after["max.message.bytes"].Value));
    }

    [Fact]
    public async Task Brokers_loggers_groups_and_subscriptions_have_settings_and_are_listed()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        await fixture.CreateAsync("t");
        await AlterAsync(fixture, ConfigResource.Broker(5), ConfigChange.Set("log.cleaner.threads", "2"));
        await AlterAsync(fixture, ConfigResource.Broker(), ConfigChange.Set("message.max.bytes", "2000000"));
        await AlterAsync(fixture, ConfigResource.ClientMetrics("basic"), ConfigChange.Set("interval.ms", "5000"));
        await AlterAsync(fixture, ConfigResource.Group("g"), ConfigChange.Set("consumer.session.timeout.ms", "50000"));
        var loggers = (await fixture.Admin.Configs.DescribeAsync([ConfigResource.BrokerLogger(5)]).OrTimeout("the levels"))[ConfigResource.BrokerLogger(5)].Value;
        var logger = loggers.Values.First();
        Assert.Equal(ConfigEntrySource.Logger, logger.Source);
        await AlterAsync(fixture, ConfigResource.BrokerLogger(5), ConfigChange.Set(logger.Name, "TRACE"));

        var described = await fixture.Admin.Configs.DescribeAsync(
            [ConfigResource.Broker(5), ConfigResource.ClientMetrics("basic"), ConfigResource.Group("g"), ConfigResource.BrokerLogger(5)]).OrTimeout("the settings");
        Assert.Equal(("2", ConfigEntrySource.Broker), (described[ConfigResource.Broker(5)].Value["log.cleaner.threads"].Value, described[ConfigResource.Broker(5)].Value["log.cleaner.threads"].Source));
        Assert.Equal(("2000000", ConfigEntrySource.AllBrokers), (described[ConfigResource.Broker(5)].Value["message.max.bytes"].Value, described[ConfigResource.Broker(5)].Value["message.max.bytes"].Source));
        Assert.Equal(("5000", ConfigEntrySource.ClientMetrics), (described[ConfigResource.ClientMetrics("basic")].Value["interval.ms"].Value, described[ConfigResource.ClientMetrics("basic")].Value["interval.ms"].Source));
        Assert.Equal(("50000", ConfigEntrySource.Group), (described[ConfigResource.Group("g")].Value["consumer.session.timeout.ms"].Value, described[ConfigResource.Group("g")].Value["consumer.session.timeout.ms"].Source));
        Assert.Equal("TRACE", described[ConfigResource.BrokerLogger(5)].Value[logger.Name].Value);

        Assert.Equal([ConfigResource.ClientMetrics("basic")], await fixture.Admin.Configs.ListResourcesAsync([ConfigResourceType.ClientMetrics]).OrTimeout("the list"));
        var all = await fixture.Admin.Configs.ListResourcesAsync([]).OrTimeout("the list");
        Assert.Contains(ConfigResource.Topic("t"), all);
        Assert.Contains(ConfigResource.Group("g"), all);
        Assert.Contains(ConfigResource.Broker(5), all);
    }

    [Fact]
    public async Task Settings_are_read_and_changed_at_the_broker_that_knows_them()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        var changed = new List<string>();
        foreach (var (id, broker) in new[] { (1, one), (2, two) })
        {
            broker.On<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 1, 4, (request, _) => new DescribeConfigsResponse
            {
                Results = [.. request.Resources.Select(resource => new DescribeConfigsResponse.DescribeConfigsResult
                {
                    ResourceType = resource.ResourceType,
                    ResourceName = resource.ResourceName,
                    ErrorCode = resource.ResourceName == "nowhere" ? ErrorCode.UnknownTopicOrPartition : ErrorCode.None,
                    Configs = [new() { Name = "answered.by", Value = $"{id}", ConfigSource = 5 }],
                })],
            });
            broker.On<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(ApiKey.IncrementalAlterConfigs, 0, 1, (request, _) =>
            {
                changed.AddRange(request.Resources.SelectMany(resource => resource.Configs.Select(config => $"{id}:{resource.ResourceName}:{config.Name}={config.Value}:{config.ConfigOperation}")));
                return new IncrementalAlterConfigsResponse { Responses = [.. request.Resources.Select(resource => new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName })] };
            });
        }

        await using var client = new KafkaClient($"{one.Address},{two.Address}");
        var described = await client.Admin.Configs.DescribeAsync([ConfigResource.Broker(2), ConfigResource.BrokerLogger(1), ConfigResource.Topic("t"), ConfigResource.Topic("nowhere")]).OrTimeout("the settings");
        Assert.Equal(("2", ConfigEntrySource.Default), (described[ConfigResource.Broker(2)].Value["answered.by"].Value, described[ConfigResource.Broker(2)].Value["answered.by"].Source));
        Assert.Equal("1", described[ConfigResource.BrokerLogger(1)].Value["answered.by"].Value);
        Assert.True(described[ConfigResource.Topic("t")].IsSuccess);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, described[ConfigResource.Topic("nowhere")].Error!.ErrorCode);

        var altered = await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>>
        {
            [ConfigResource.Broker(2)] = [ConfigChange.Set("a", "1"), ConfigChange.Reset("b"), ConfigChange.Append("c", "2"), ConfigChange.Subtract("d", "3")],
        }).OrTimeout("the change");
        Assert.True(altered[ConfigResource.Broker(2)].IsSuccess);
        Assert.Equal(["2:2:a=1:0", "2:2:b=:1", "2:2:c=2:2", "2:2:d=3:3"], changed);
    }

    [Fact]
    public async Task An_old_broker_is_told_of_by_API_and_version()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 0, 2, (_, _) => new DescribeConfigsResponse());
        broker.On<ListConfigResourcesRequest, ListConfigResourcesResponse>(ApiKey.ListConfigResources, 0, 0, (_, _) => new ListConfigResourcesResponse { ConfigResources = [new() { ResourceName = "basic" }] });
        await using var client = new KafkaClient(broker.Address);
        var configs = client.Admin.Configs;

        var altered = await Assert.ThrowsAsync<KafkaException>(() => configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [ConfigResource.Topic("t")] = [] }).OrTimeout("the refusal"));
        Assert.Contains("does not offer IncrementalAlterConfigs, of which version 0 to 1 would be needed", altered.Message, StringComparison.Ordinal);
        var documented = await Assert.ThrowsAsync<KafkaException>(() => configs.DescribeAsync([ConfigResource.Topic("t")], new DescribeConfigsOptions { IncludeDocumentation = true }).OrTimeout("the refusal"));
        Assert.Contains("offers DescribeConfigs up to version 2 only, and what settings are for needs version 3", documented.Message, StringComparison.Ordinal);
        var listed = await Assert.ThrowsAsync<KafkaException>(() => configs.ListResourcesAsync([]).OrTimeout("the refusal"));
        Assert.Contains("offers ListConfigResources up to version 0 only", listed.Message, StringComparison.Ordinal);
        Assert.Equal([ConfigResource.ClientMetrics("basic")], await configs.ListResourcesAsync([ConfigResourceType.ClientMetrics]).OrTimeout("the list"));
        Assert.Throws<ArgumentException>(() => ConfigChange.Set("", "v"));
    }

    private static async Task AlterAsync(AdminFixture fixture, ConfigResource resource, params ConfigChange[] changes) =>
        (await fixture.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [resource] = changes }).OrTimeout("the change")).ThrowIfAnyFailed();
}
