using System.Globalization;
using Spate.Broker.Configuration;
using Spate.Broker.Logging;
using Spate.Broker.Requests;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Handlers.Configs;

/// <summary>
/// DescribeConfigs 0 to 4: the settings of topics, of this broker, of all brokers (those alone that were set on all of them), of its loggers,
/// of groups and of subscriptions of clients' metrics, as they hold. Version 1 says where a value comes from and what else it could be
/// (KIP-226), 3 its type and what it means (KIP-569). Passwords are never told.
/// </summary>
public sealed class DescribeConfigsHandler(Controller controller, BrokerSettings settings, LeveledLogging logging)
    : RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse>
{
    private readonly ConfigRules _rules = new(settings);

    protected override ValueTask<DescribeConfigsResponse?> HandleAsync(DescribeConfigsRequest request, RequestContext context, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var image = controller.Image;
        return new ValueTask<DescribeConfigsResponse?>(new DescribeConfigsResponse
        {
            Results = [.. request.Resources.Select(resource => Describe(image, resource, request, context.ApiVersion))],
        });
    }

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        ClusterImage image, DescribeConfigsRequest.DescribeConfigsResource asked, DescribeConfigsRequest request, short version)
    {
        var resource = new ConfigResource(asked.ResourceType, asked.ResourceName);
        var result = new DescribeConfigsResponse.DescribeConfigsResult { ErrorMessage = null, ResourceType = resource.Type, ResourceName = resource.Name };
        var fault = resource.Type == ConfigResourceType.BrokerLogger ? LoggerFault(resource.Name) : _rules.FaultOf(image, resource);
        if (fault is { } found)
        {
            result.ErrorCode = found.Error;
            result.ErrorMessage = found.Message;
            return result;
        }

        var all = resource.Type == ConfigResourceType.BrokerLogger
            ? logging.All.Select(logger => LoggerEntry(logger.Name, LevelNames.Of(logger.Level)))
            : Settings(image, resource).Select(setting => Entry(setting, request, version));
        var names = asked.ConfigurationKeys?.ToHashSet(StringComparer.Ordinal);
        result.Configs = [.. all.Where(entry => names is null || names.Contains(entry.Name))];
        return result;
    }

    private IEnumerable<DescribedSetting> Settings(ClusterImage image, ConfigResource resource) => resource switch
    {
        { Type: ConfigResourceType.Topic } => SettingDescriptions.OfTopic(image.Configs.Of(resource), settings.Layers),
        { Type: ConfigResourceType.Broker, Name: "" } => SettingDescriptions.OfEveryBroker(settings.Layers),
        { Type: ConfigResourceType.Broker } => SettingDescriptions.OfBroker(settings.Layers),
        { Type: ConfigResourceType.Group } => SettingDescriptions.OfGroup(image.Configs.Of(resource), settings.Layers),
        _ => SettingDescriptions.OfClientMetrics(image.Configs.Of(resource)),
    };

    private ConfigFault? LoggerFault(string broker) => broker == settings.NodeId.ToString(CultureInfo.InvariantCulture)
        ? null
        : new ConfigFault(ErrorCode.InvalidRequest, $"Loggers are those of one broker, named by its id, which is {settings.NodeId} here and not '{broker}'.");

    private static DescribeConfigsResponse.DescribeConfigsResourceResult LoggerEntry(string name, string level) => new()
    {
        Name = name,
        Value = level,
        ConfigSource = (sbyte)ConfigSource.BrokerLogger,
        ConfigType = (sbyte)ConfigType.Text,
        Documentation = null,
    };

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Entry(DescribedSetting setting, DescribeConfigsRequest request, short version)
    {
        var isSecret = setting.Key.IsSensitive;
        return new DescribeConfigsResponse.DescribeConfigsResourceResult
        {
            Name = setting.Name,
            Value = isSecret ? null : setting.Value,
            ReadOnly = setting.IsReadOnly,

            // Version 1 says where the value comes from instead.
            IsDefault = version == 0 && setting.Source == ConfigSource.Default,
            ConfigSource = (sbyte)setting.Source,
            IsSensitive = isSecret,
            Synonyms = !request.IncludeSynonyms ? [] :
            [
                .. setting.Synonyms.Select(synonym => new DescribeConfigsResponse.DescribeConfigsSynonym
                {
                    Name = synonym.Name,
                    Value = isSecret ? null : synonym.Value,
                    Source = (sbyte)synonym.Source,
                }),
            ],
            ConfigType = (sbyte)setting.Key.Type,
            Documentation = request.IncludeDocumentation ? setting.Key.Meaning : null,
        };
    }
}
