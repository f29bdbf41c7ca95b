using System.Globalization;

namespace Spate.Broker.Configuration;

/// <summary>Settings as they hold and why, for DescribeConfigs and for the reply to CreateTopics. In the order of the names.</summary>
internal static class SettingDescriptions
{
    /// <summary>Every setting of this broker.</summary>
    public static IEnumerable<DescribedSetting> OfBroker(ConfigLayers layers)
    {
        var ofListeners = layers.InForce.Given.Keys.Where(name => ListenerPrefix.Split(name) is not null).Select(BrokerKeys.Find).OfType<ConfigKey>();
        return BrokerKeys.All.Concat(ofListeners).OrderBy(key => key.Name, StringComparer.Ordinal).Select(key => OfBroker(key, layers));
    }

    /// <summary>What was set on all brokers while they ran, and nothing else.</summary>
    public static IEnumerable<DescribedSetting> OfEveryBroker(ConfigLayers layers) => layers.EveryBroker
        .OrderBy(setting => setting.Key, StringComparer.Ordinal)
        .Select(setting => new DescribedSetting(
            BrokerKeys.Find(setting.Key)!,
            setting.Value,
            ConfigSource.DynamicDefaultBroker,
            [.. Synonyms(setting.Key, layers).Where(synonym => synonym.Source != ConfigSource.DynamicBroker)],
            IsReadOnly: false));

    /// <summary>Every setting of a topic.</summary>
    /// <param name="own">What was given to the topic itself.</param>
    /// <param name="layers">The settings of the broker, which hold where the topic says nothing.</param>
    public static IEnumerable<DescribedSetting> OfTopic(IReadOnlyDictionary<string, string> own, ConfigLayers layers)
    {
        var topic = new TopicSettings(own, layers.InForce);
        return TopicKeys.All.OrderBy(key => key.Name, StringComparer.Ordinal).Select(key =>
        {
            var described = Own(key, own, ConfigSource.Topic, layers.Synonyms(TopicKeys.BrokerNamesOf(key)));
            return described.Source == ConfigSource.Topic || topic.DurationOf(key) is not { } duration
                ? described
                : described with { Value = duration.ToString(CultureInfo.InvariantCulture) };
        });
    }

    /// <summary>Every setting of a group; like <see cref="OfTopic"/>.</summary>
    public static IEnumerable<DescribedSetting> OfGroup(IReadOnlyDictionary<string, string> own, ConfigLayers layers) =>
        GroupSettingKeys.All.OrderBy(key => key.Name, StringComparer.Ordinal)
            .Select(key => Own(key, own, ConfigSource.Group, GroupSettingKeys.BrokerNameOf(key) is { } name ? layers.Synonyms([name]) : []));

    /// <summary>Every setting of a subscription of clients' metrics.</summary>
    public static IEnumerable<DescribedSetting> OfClientMetrics(IReadOnlyDictionary<string, string> own) =>
        ClientMetricsKeys.All.OrderBy(key => key.Name, StringComparer.Ordinal).Select(key => Own(key, own, ConfigSource.ClientMetrics, []));

    private static DescribedSetting OfBroker(ConfigKey key, ConfigLayers layers)
    {
        var synonyms = Synonyms(key.Name, layers);
        var holds = synonyms.FindIndex(synonym => synonym.Name == key.Name);
        return holds < 0
            ? new DescribedSetting(key, null, ConfigSource.Default, [], key.Update == ConfigUpdate.ReadOnly)
            : new DescribedSetting(key, synonyms[holds].Value, synonyms[holds].Source, synonyms[holds..], key.Update == ConfigUpdate.ReadOnly);
    }

    private static List<ConfigSynonym> Synonyms(string name, ConfigLayers layers) => ListenerPrefix.Split(name) is { } common
        ? [.. layers.Synonyms([name, common]).Where(synonym => synonym.Name == common || synonym.Source != ConfigSource.Default)]
        : [.. layers.Synonyms(BrokerKeys.SynonymsOf(name))];

    /// <summary>A setting of something that falls back on the broker.</summary>
    private static DescribedSetting Own(ConfigKey key, IReadOnlyDictionary<string, string> own, ConfigSource source, IEnumerable<ConfigSynonym> inherited)
    {
        List<ConfigSynonym> synonyms = [.. inherited];
        if (synonyms.Count == 0 && key.DefaultText is { } text)
        {
            synonyms.Add(new ConfigSynonym(key.Name, text, ConfigSource.Default));
        }

        if (own.TryGetValue(key.Name, out var value))
        {
            synonyms.Insert(0, new ConfigSynonym(key.Name, value, source));
        }

        return synonyms.Count == 0
            ? new DescribedSetting(key, null, ConfigSource.Default, [], IsReadOnly: false)
            : new DescribedSetting(key, synonyms[0].Value, synonyms[0].Source, synonyms, IsReadOnly: false);
    }
}
