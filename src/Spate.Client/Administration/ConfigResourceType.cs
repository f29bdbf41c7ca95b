namespace Spate.Client.Administration;

/// <summary>What kinds of things have settings, by Kafka's numbers.</summary>
public enum ConfigResourceType
{
    /// <summary>A topic.</summary>
    Topic = 2,

    /// <summary>A broker, or all of them.</summary>
    Broker = 4,

    /// <summary>The loggers of one broker, whose settings are their levels (KIP-412).</summary>
    BrokerLogger = 8,

    /// <summary>A subscription to the metrics of clients (KIP-714).</summary>
    ClientMetrics = 16,

    /// <summary>A group (KIP-848).</summary>
    Group = 32,
}
