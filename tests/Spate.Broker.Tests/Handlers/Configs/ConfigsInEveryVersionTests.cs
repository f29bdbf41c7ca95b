using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers.Configs;

/// <summary>What is asked about settings is answered in every version that is advertised, and the answer says what it should.</summary>
public sealed class ConfigsInEveryVersionTests
{
    public static TheoryData<short> DescribeVersions => Versions.From(DescribeConfigsRequest.LowestVersion, DescribeConfigsRequest.HighestVersion);

    public static TheoryData<short> AlterVersions => Versions.From(AlterConfigsRequest.LowestVersion, AlterConfigsRequest.HighestVersion);

    public static TheoryData<short> IncrementalVersions => Versions.From(IncrementalAlterConfigsRequest.LowestVersion, IncrementalAlterConfigsRequest.HighestVersion);

    public static TheoryData<short> ListVersions => Versions.From(ListConfigResourcesRequest.LowestVersion, ListConfigResourcesRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(DescribeVersions))]
    public async Task DescribeConfigs_tells_what_the_version_can_carry(short version)
    {
        await using var broker = await TestBroker.StartAsync("log.retention.hours=2");
        await broker.CreateTopicAsync("t", 1, ("segment.bytes", "2000000"));
        var request = AskConfigs.Describe(ConfigResource.Topic("t"), "segment.bytes", "retention.ms", "flush.ms", "nothing");
        if (version < 3)
        {
            request.IncludeDocumentation = false;
        }

        request.IncludeSynonyms = version >= 1;

        var reply = await broker.AskAsync(request, version);

        var result = Assert.Single(reply.Results);
        Assert.Equal((ErrorCode.None, ConfigResourceType.Topic, "t"), (result.ErrorCode, result.ResourceType, result.ResourceName));
        Assert.Equal([("flush.ms", "9223372036854775807"), ("retention.ms", "7200000"), ("segment.bytes", "2000000")], result.Configs.Select(config => (config.Name, config.Value)));
        Assert.All(result.Configs, config => Assert.False(config.ReadOnly || config.IsSensitive));
        var (flush, retention, segment) = (result.Configs[0], result.Configs[1], result.Configs[2]);
        Assert.Equal((version == 0, false, false), (flush.IsDefault, retention.IsDefault, segment.IsDefault));
        Assert.Equal(version >= 1 ? ((sbyte)4, (sbyte)1) : ((sbyte)-1, (sbyte)-1), (retention.ConfigSource, segment.ConfigSource));
        Assert.Equal(
            version >= 1 ? [("segment.bytes", "2000000", 1), ("log.segment.bytes", "1073741824", 5)] : [],
            segment.Synonyms.Select(synonym => (synonym.Name, synonym.Value!, (int)synonym.Source)));
        Assert.Equal(version >= 1 ? [("log.retention.hours", "2", 4), ("log.retention.hours", "168", 5)] : [], retention.Synonyms.Select(synonym => (synonym.Name, synonym.Value!, (int)synonym.Source)));
        Assert.Equal(version >= 3 ? ((sbyte)5, (sbyte)3) : ((sbyte)0, (sbyte)0), (retention.ConfigType, segment.ConfigType));
        Assert.Equal(version >= 3, segment.Documentation is { Length: > 0 });
    }

    [Theory]
    [MemberData(nameof(DescribeVersions))]
    public async Task DescribeConfigs_says_what_it_cannot_describe(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var request = AskConfigs.Describe(ConfigResource.Topic("none"));
        (request.IncludeSynonyms, request.IncludeDocumentation) = (version >= 1, version >= 3);
        var result = Assert.Single((await broker.AskAsync(request, version)).Results);

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, result.ErrorCode);
        Assert.NotEmpty(result.ErrorMessage!);
        Assert.Empty(result.Configs);
    }

    [Theory]
    [MemberData(nameof(AlterVersions))]
    public async Task AlterConfigs_replaces_and_refuses(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("segment.bytes", "2000000"));

        var reply = await broker.AskAsync(AskConfigs.Replace(ConfigResource.Topic("t"), ("retention.ms", "5000")), version);
        var refused = await broker.AskAsync(AskConfigs.Replace(ConfigResource.Topic("t"), ("retention.ms", "soon")), version);

        Assert.Equal((ErrorCode.None, null, ConfigResourceType.Topic, "t"), Told(Assert.Single(reply.Responses)));
        Assert.Equal(ErrorCode.InvalidConfig, Assert.Single(refused.Responses).ErrorCode);
        Assert.Equal(("5000", (sbyte)1), Told(await broker.DescribeAsync(ConfigResource.Topic("t"), "retention.ms")));
        Assert.Equal(("1073741824", (sbyte)5), Told(await broker.DescribeAsync(ConfigResource.Topic("t"), "segment.bytes")));
    }

    [Theory]
    [MemberData(nameof(IncrementalVersions))]
    public async Task IncrementalAlterConfigs_changes_and_refuses(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("segment.bytes", "2000000"));

        var reply = await broker.AskAsync(
            AskConfigs.Alter(ConfigResource.Topic("t"), ("retention.ms", AskConfigs.Set, "5000"), ("cleanup.policy", AskConfigs.Append, "compact")), version);
        var refused = await broker.AskAsync(AskConfigs.Alter(ConfigResource.Topic("t"), ("retention.ms", AskConfigs.Set, "soon")), version);

        var told = Assert.Single(reply.Responses);
        Assert.Equal((ErrorCode.None, null, ConfigResourceType.Topic, "t"), (told.ErrorCode, told.ErrorMessage, told.ResourceType, told.ResourceName));
        Assert.Equal(ErrorCode.InvalidConfig, Assert.Single(refused.Responses).ErrorCode);
        Assert.Equal(("5000", (sbyte)1), Told(await broker.DescribeAsync(ConfigResource.Topic("t"), "retention.ms")));
        Assert.Equal(("delete,compact", (sbyte)1), Told(await broker.DescribeAsync(ConfigResource.Topic("t"), "cleanup.policy")));
        Assert.Equal(("2000000", (sbyte)1), Told(await broker.DescribeAsync(ConfigResource.Topic("t"), "segment.bytes")));
    }

    [Theory]
    [MemberData(nameof(ListVersions))]
    public async Task ListConfigResources_names_what_has_settings(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.SetAsync(ConfigResource.ClientMetrics("m"), ("interval.ms", "1000"));
        await broker.SetAsync(ConfigResource.Group("g"), ("share.auto.offset.reset", "earliest"));

        var all = await broker.AskAsync(new ListConfigResourcesRequest(), version);

        Assert.Equal(
            version == 0 ? [("m", 16)] : [("t", 2), ("1", 4), ("1", 8), ("m", 16), ("g", 32)],
            all.ConfigResources.Select(resource => (resource.ResourceName, (int)resource.ResourceType)));
        if (version >= 1)
        {
            var some = await broker.AskAsync(new ListConfigResourcesRequest { ResourceTypes = [32, 2, 32] }, version);
            Assert.Equal(["g", "t"], some.ConfigResources.Select(resource => resource.ResourceName));
            var unknown = await broker.AskAsync(new ListConfigResourcesRequest { ResourceTypes = [2, 3] }, version);
            Assert.Equal(ErrorCode.UnsupportedVersion, unknown.ErrorCode);
            Assert.Empty(unknown.ConfigResources);
        }
    }

    private static (ErrorCode Error, string? Message, sbyte Type, string Name) Told(AlterConfigsResponse.AlterConfigsResourceResponse told) =>
        (told.ErrorCode, told.ErrorMessage, told.ResourceType, told.ResourceName);

    private static (string? Value, sbyte Source) Told(DescribeConfigsResponse.DescribeConfigsResourceResult told) => (told.Value, told.ConfigSource);
}
