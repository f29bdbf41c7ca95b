namespace Spate.Broker.Configuration;

/// <summary>Where the value of a setting comes from, with the numbers of the protocol.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>Given to the topic itself.</summary>
    Topic = 1,

    /// <summary>Given to this broker while it ran.</summary>
    DynamicBroker = 2,

    /// <summary>Given to all brokers while they ran.</summary>
    DynamicDefaultBroker = 3,

    /// <summary>Given to the broker when it was started.</summary>
    StaticBroker = 4,

    /// <summary>Nobody gave one.</summary>
    Default = 5,

    /// <summary>The level of a logger.</summary>
    BrokerLogger = 6,

    /// <summary>Given to a subscription of clients' metrics (KIP-714).</summary>
    ClientMetrics = 7,

    /// <summary>Given to the group itself.</summary>
    Group = 8,
}
