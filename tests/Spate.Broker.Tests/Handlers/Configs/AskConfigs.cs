using Spate.Broker.Tests.Hosting;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers.Configs;

/// <summary>Requests about settings, with one resource each.</summary>
internal static class AskConfigs
{
    public const sbyte Set = 0;
    public const sbyte Delete = 1;
    public const sbyte Append = 2;

    public static ConfigResource EveryBroker => ConfigResource.EveryBroker;

    public static ConfigResource Broker => ConfigResource.Broker(1);

    public static ConfigResource Loggers => new(ConfigResourceType.BrokerLogger, "1");

    public static DescribeConfigsRequest Describe(ConfigResource resource, params string[]? names) => new()
    {
        Resources = [new DescribeConfigsRequest.DescribeConfigsResource { ResourceType = resource.Type, ResourceName = resource.Name, ConfigurationKeys = names is { Length: > 0 } ? [.. names] : null }],
        IncludeSynonyms = true,
        IncludeDocumentation = true,
    };

    public static IncrementalAlterConfigsRequest Alter(ConfigResource resource, params (string Name, sbyte Operation, string? Value)[] changes) => new()
    {
        Resources =
        [
            new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = resource.Type,
                ResourceName = resource.Name,
                Configs = [.. changes.Select(change => new IncrementalAlterConfigsRequest.AlterableConfig { Name = change.Name, ConfigOperation = change.Operation, Value = change.Value })],
            },
        ],
    };

    public static AlterConfigsRequest Replace(ConfigResource resource, params (string Name, string? Value)[] settings) => new()
    {
        Resources =
        [
            new AlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = resource.Type,
                ResourceName = resource.Name,
                Configs = [.. settings.Select(setting => new AlterConfigsRequest.AlterableConfig { Name = setting.Name, Value = setting.Value })],
            },
        ],
    };

    /// <summary>Sets settings and holds that they were taken.</summary>
    public static async Task SetAsync(this TestBroker broker, ConfigResource resource, params (string Name, string Value)[] settings)
    {
        var reply = await broker.AskAsync(Alter(resource, [.. settings.Select(setting => (setting.Name, Set, (string?)setting.Value))]), 1);
        Assert.Equal((ErrorCode.None, null), (reply.Responses[0].ErrorCode, reply.Responses[0].ErrorMessage));
    }

    /// <summary>One setting as it is described.</summary>
    public static async Task<DescribeConfigsResponse.DescribeConfigsResourceResult> DescribeAsync(this TestBroker broker, ConfigResource resource, string name)
    {
        var reply = await broker.AskAsync(Describe(resource, name), 4);
        Assert.Equal((ErrorCode.None, null), (reply.Results[0].ErrorCode, reply.Results[0].ErrorMessage));
        return Assert.Single(reply.Results[0].Configs);
    }
}
