namespace Spate.Protocol;

/// <summary>One partition of a topic, by the topic's name. Prints as Kafka's directories do: <c>orders-3</c>.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">The partition's index, from 0.</param>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
