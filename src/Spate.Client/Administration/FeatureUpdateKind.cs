namespace Spate.Client.Administration;

/// <summary>Which ways to a feature's level are allowed, by Kafka's numbers.</summary>
public enum FeatureUpdateKind
{
    /// <summary>Upwards only.</summary>
    Upgrade = 1,

    /// <summary>Downwards as well, where nothing is lost by it.</summary>
    SafeDowngrade = 2,

    /// <summary>Downwards as well, whatever is lost by it.</summary>
    UnsafeDowngrade = 3,
}
