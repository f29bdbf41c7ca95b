namespace Spate.Client.Consuming;

/// <summary>How the members of a group come to their partitions. Kafka: <c>group.protocol</c>.</summary>
public enum GroupProtocol
{
    /// <summary>One of the members assigns, in rounds that all of them take part in. Every broker knows it.</summary>
    Classic,

    /// <summary>The broker assigns, and each member changes over by itself (KIP-848). Kafka 4.0 and newer.</summary>
    Consumer,
}
