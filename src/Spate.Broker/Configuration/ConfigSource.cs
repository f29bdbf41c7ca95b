namespace Spate.Broker.Configuration;

/// <summary>Where the value of a setting comes from, with the numbers of the protocol.</summary>
public enum ConfigSource : sbyte
{
    /// <summary>Given to the topic itself.</summary>
    Topic = 1,

    /// <summary>Given to the broker when it was started.</summary>
    StaticBroker = 4,

    /// <summary>Nobody gave one.</summary>
    Default = 5,
}
