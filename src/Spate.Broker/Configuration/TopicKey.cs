namespace Spate.Broker.Configuration;

/// <summary>A setting of topics, together with the broker's setting that is its default for topics that do not say.</summary>
public sealed class TopicKey<T>
{
    internal TopicKey(ConfigKey<T> topic, ConfigKey<T> broker)
    {
        Topic = topic;
        Broker = broker;
    }

    public ConfigKey<T> Topic { get; }

    public ConfigKey<T> Broker { get; }

    /// <summary>What holds for a topic: its own value, else the broker's, else the default.</summary>
    public T Resolve(ConfigValues topic, ConfigValues broker)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(broker);
        return topic.IsGiven(Topic) ? topic.Get(Topic) : broker.Get(Broker);
    }
}
