namespace Spate.Broker.Configuration;

/// <summary>How a setting of a broker may change.</summary>
public enum ConfigUpdate
{
    /// <summary>Only by a restart.</summary>
    ReadOnly,

    /// <summary>While the broker runs, for one broker alone.</summary>
    PerBroker,

    /// <summary>While the broker runs, for one broker or for all of them.</summary>
    ClusterWide,
}
