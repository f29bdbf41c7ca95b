namespace Spate.Client.Administration;

/// <summary>Something that has settings.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Name">The name of the topic, group or subscription, or the broker's id; empty for what holds for all brokers.</param>
public readonly record struct ConfigResource(ConfigResourceType Type, string Name)
{
    /// <summary>The settings of a topic, such as <c>retention.ms</c>.</summary>
    /// <param name="name">The topic's name.</param>
    public static ConfigResource Topic(string name) => new(ConfigResourceType.Topic, name);

    /// <summary>The settings of one broker, or those that hold for all of them and are kept by the cluster (KIP-226).</summary>
    /// <param name="id">The broker's id, from 0; null, the default, for all brokers.</param>
    public static ConfigResource Broker(int? id = null) => new(ConfigResourceType.Broker, id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "");

    /// <summary>The levels of the loggers of one broker, each under the logger's name: <c>FATAL</c>, <c>ERROR</c>, <c>WARN</c>, <c>INFO</c>, <c>DEBUG</c> or <c>TRACE</c>.</summary>
    /// <param name="id">The broker's id, from 0.</param>
    public static ConfigResource BrokerLogger(int id) => new(ConfigResourceType.BrokerLogger, id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>The settings of a subscription to the metrics of clients (KIP-714): <c>metrics</c>, <c>interval.ms</c> and <c>match</c>.</summary>
    /// <param name="name">The subscription's name.</param>
    public static ConfigResource ClientMetrics(string name) => new(ConfigResourceType.ClientMetrics, name);

    /// <summary>The settings of a group, such as <c>consumer.session.timeout.ms</c> (KIP-848) or <c>share.auto.offset.reset</c> (KIP-932). The group need not be there yet.</summary>
    /// <param name="name">The group's name.</param>
    public static ConfigResource Group(string name) => new(ConfigResourceType.Group, name);
}
