namespace Spate.Client.Administration;

/// <summary>Something that has settings.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">The name of the topic, group or subscription, or the broker's id; empty for what holds for all brokers.</param>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>The settings of a topic.</summary>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>The settings of one broker, or of all of them when no id is given.</summary>
    public static ConfigResource Broker(int? id = null) => new(ConfigResourceType.Broker, id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");

    /// <summary>The levels of the loggers of one broker, each under the logger's name: <c>FATAL</c>, <c>ERROR</c>, <c>WARN</c>, <c>INFO</c>, <c>DEBUG</c> or <c>TRACE</c>.</summary>
    public static ConfigResource BrokerLogger(int id) => new(ConfigResourceType.BrokerLogger, id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The settings of a subscription to the metrics of clients.</summary>
    public static ConfigResource ClientMetrics(string name) => new(ConfigResourceType.ClientMetrics, name);

    /// <summary>The settings of a group.</summary>
    public static ConfigResource Group(string name) => new(ConfigResourceType.Group, name);
}
