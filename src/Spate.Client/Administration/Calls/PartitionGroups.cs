using Spate.Protocol;

namespace Spate.Client.Administration.Calls;

/// <summary>Requests name the partitions of a topic beneath its name.</summary>
internal static class PartitionGroups
{
    /// <summary>Makes a topic of a request for each topic among the partitions.</summary>
    public static List<TTopic> ByTopic<TTopic>(this IEnumerable<TopicPartition> partitions, Func<string, IEnumerable<TopicPartition>, TTopic> make) =>
        [.. partitions.GroupBy(static partition => partition.Topic, StringComparer.Ordinal).Select(topic => make(topic.Key, topic))];

    public static List<int> Indexes(this IEnumerable<TopicPartition> partitions) => [.. partitions.Select(static partition => partition.Partition)];
}
