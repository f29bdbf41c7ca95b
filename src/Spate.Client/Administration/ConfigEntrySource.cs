namespace Spate.Client.Administration;

/// <summary>Where the value of a setting comes from, by Kafka's numbers.</summary>
public enum ConfigEntrySource
{
    /// <summary>A source that this client does not know.</summary>
    Unknown = 0,

    /// <summary>Set for the topic.</summary>
    Topic = 1,

    /// <summary>Set for the broker while it runs.</summary>
    Broker = 2,

    /// <summary>Set for all brokers while they run.</summary>
    AllBrokers = 3,

    /// <summary>Given to the broker when it was started.</summary>
    Start = 4,

    /// <summary>Nobody set it.</summary>
    Default = 5,

    /// <summary>Set for the logger.</summary>
    Logger = 6,

    /// <summary>Set for the metrics subscription.</summary>
    ClientMetrics = 7,

    /// <summary>Set for the group.</summary>
    Group = 8,
}
