using System.Globalization;

namespace Spate.Metadata.Images;

/// <summary>One thing that settings are set on: a topic, a broker, the brokers that say nothing of their own, a group and so on.</summary>
/// <param name="Type">One of <see cref="ConfigResourceType"/>.</param>
/// <param name="Name">Its name: a topic's, a group's, a broker's id in digits, or empty for what holds for every broker.</param>
public readonly record struct ConfigResource(sbyte Type, string Name)
{
    /// <summary>What holds for every broker that has no value of its own.</summary>
    public static ConfigResource EveryBroker { get; } = new(ConfigResourceType.Broker, "");

    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    public static ConfigResource Broker(int id) => new(ConfigResourceType.Broker, id.ToString(CultureInfo.InvariantCulture));

    public static ConfigResource Group(string id) => new(ConfigResourceType.Group, id);

    public static ConfigResource ClientMetrics(string name) => new(ConfigResourceType.ClientMetrics, name);
}
