using System.Globalization;
using Spate.Metadata;
using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;

namespace Spate.Broker.Configuration;

/// <summary>What may be set on topics, brokers, groups and subscriptions of clients' metrics, with the error codes that Kafka has for it.</summary>
public sealed class ConfigRules(BrokerSettings settings) : IConfigRules
{
    public ConfigFault? FaultOf(ClusterImage image, ConfigResource resource)
    {
        ArgumentNullException.ThrowIfNull(image);
        return resource switch
        {
            { Type: ConfigResourceType.Topic, Name: "" } => Invalid("A topic must be named: settings of all topics are set on the brokers, by their broker-wide names."),
            { Type: ConfigResourceType.Topic } when TopicName.Fault(resource.Name) is { } fault => new ConfigFault(ErrorCode.InvalidTopic, fault),
            { Type: ConfigResourceType.Topic } when !image.TryGetTopic(resource.Name, out _) =>
                new ConfigFault(ErrorCode.UnknownTopicOrPartition, $"There is no topic '{resource.Name}'."),
            { Type: ConfigResourceType.Broker, Name.Length: > 0 } => BrokerFault(resource.Name),
            { Type: ConfigResourceType.Group, Name: "" } => Invalid("A group must be named: settings of all groups are set on the brokers, by their broker-wide names."),
            { Type: ConfigResourceType.ClientMetrics, Name: "" } => Invalid("A subscription of clients' metrics must be named."),
            { Type: ConfigResourceType.BrokerLogger } => Invalid("Levels of loggers are changed one by one, by IncrementalAlterConfigs."),
            { Type: ConfigResourceType.Topic or ConfigResourceType.Broker or ConfigResourceType.Group or ConfigResourceType.ClientMetrics } => null,
            _ => Invalid($"There is no resource of the type {resource.Type} that has settings."),
        };
    }

    public bool IsList(ConfigResource resource, string name) => Find(resource.Type, name)?.Type == ConfigType.List;

    public string? Inherited(ConfigResource resource, string name)
    {
        var layers = settings.Layers;
        return resource switch
        {
            { Type: ConfigResourceType.Topic } when TopicKeys.Find(name) is { } key =>
                layers.Synonyms(TopicKeys.BrokerNamesOf(key)).Select(synonym => synonym.Value).FirstOrDefault(),
            { Type: ConfigResourceType.Broker, Name: "" } => layers.Static.Given.GetValueOrDefault(name) ?? BrokerKeys.Find(name)?.DefaultText,
            { Type: ConfigResourceType.Broker } =>
                layers.EveryBroker.GetValueOrDefault(name) ?? layers.Static.Given.GetValueOrDefault(name) ?? BrokerKeys.Find(name)?.DefaultText,
            _ => Find(resource.Type, name)?.DefaultText,
        };
    }

    public ConfigFault? FaultOf(ClusterImage image, ConfigResource resource, IReadOnlyDictionary<string, string> after, IReadOnlyCollection<string> changed)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(changed);

        // Of brokers and of clients' metrics Kafka says "invalid request" whatever is wrong with a setting, and clients go by that.
        var error = resource.Type is ConfigResourceType.Broker or ConfigResourceType.ClientMetrics ? ErrorCode.InvalidRequest : ErrorCode.InvalidConfig;
        var fault = changed.Select(name => FaultOf(resource, name, after[name])).FirstOrDefault(found => found is not null) ?? TogetherFault(image, resource, after);
        return fault is null ? null : new ConfigFault(error, fault);
    }

    private static ConfigFault Invalid(string message) => new(ErrorCode.InvalidRequest, message);

    private static ConfigKey? Find(sbyte type, string name) => type switch
    {
        ConfigResourceType.Topic => TopicKeys.Find(name),
        ConfigResourceType.Broker => BrokerKeys.Find(name),
        ConfigResourceType.Group => GroupSettingKeys.Find(name),
        ConfigResourceType.ClientMetrics => ClientMetricsKeys.Find(name),
        _ => null,
    };

    private ConfigFault? BrokerFault(string name) =>
        !int.TryParse(name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id) ? Invalid($"A broker is named by its id or by nothing, which stands for all brokers; '{name}' is neither.")
        : id != settings.NodeId ? Invalid($"Settings of the broker {id} were asked for, and this is the broker {settings.NodeId}; name it, or nothing for all brokers.")
        : null;

    private static string? FaultOf(ConfigResource resource, string name, string value) => resource.Type switch
    {
        ConfigResourceType.Topic => BrokerSettings.TopicConfigFault(name, value),
        ConfigResourceType.Broker => BrokerValueFault(resource.Name, name, value),
        ConfigResourceType.Group => ValueFault(GroupSettingKeys.Find(name), GroupSettingKeys.All, "a group", name, value),
        _ => ValueFault(ClientMetricsKeys.Find(name), ClientMetricsKeys.All, "a subscription of clients' metrics", name, value),
    };

    private static string? BrokerValueFault(string broker, string name, string value) => BrokerKeys.Find(name) switch
    {
        null when GoneKeys.AdviceOn(name) is { } advice => $"'{name}' is gone since Kafka 4.0: {advice}.",
        { Update: ConfigUpdate.ReadOnly } => $"'{name}' cannot change while a broker runs; give it to the broker when it is started.",
        { Update: ConfigUpdate.PerBroker } when broker.Length == 0 => $"'{name}' can only be set on one broker; name its id.",
        { IsRefusedLive: true } key => $"'{name}' cannot be set. {key.Meaning}",
        var key => ValueFault(key, BrokerKeys.All, "a broker", name, value),
    };

    private static string? ValueFault(ConfigKey? key, IReadOnlyList<ConfigKey> all, string what, string name, string value)
    {
        if (key is null)
        {
            return NearestName.Of(name, all.Select(known => known.Name)) is { } nearest
                ? $"'{name}' is not a setting of {what}; the nearest one is {nearest}."
                : $"'{name}' is not a setting of {what}.";
        }

        return key.Fault(value) is { } fault ? $"{name}={(key.IsSensitive ? "(hidden)" : value)} {fault}." : null;
    }

    private string? TogetherFault(ClusterImage image, ConfigResource resource, IReadOnlyDictionary<string, string> after) => resource switch
    {
        { Type: ConfigResourceType.Topic } => new TopicSettings(after, settings.Values).Fault(),
        { Type: ConfigResourceType.Broker, Name: "" } => First(settings.FaultsOf(after, image.Configs.Of(ConfigResource.Broker(settings.NodeId)))),
        { Type: ConfigResourceType.Broker } => First(settings.FaultsOf(image.Configs.Of(ConfigResource.EveryBroker), after)),
        { Type: ConfigResourceType.Group } => GroupSettingKeys.Fault(after.Where(setting => GroupSettingKeys.Find(setting.Key)?.Fault(setting.Value) is null && GroupSettingKeys.Find(setting.Key) is not null).ToDictionary(StringComparer.Ordinal), settings.Values),
        _ => null,
    };

    private static string? First(IReadOnlyList<string> faults) => faults.Count == 0 ? null : faults[0];
}
