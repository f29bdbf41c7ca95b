using System.Collections.Frozen;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Metadata;

/// <summary>Makes a picture of the cluster of a reply and of the picture before it.</summary>
internal static class MetadataReading
{
    public static ClusterMetadata Read(MetadataResponse response, ClusterMetadata before)
    {
        var topics = response.Topics
            .Where(static topic => topic.Name is not null)
            .GroupBy(static topic => topic.Name!, StringComparer.Ordinal)
            .ToFrozenDictionary(
                static same => same.Key,
                same => Topic(same.First(), before.Topics.GetValueOrDefault(same.Key)),
                StringComparer.Ordinal);
        var nodes = response.Brokers
            .GroupBy(static broker => broker.NodeId)
            .ToDictionary(static same => same.Key, static same => Node(same.First()));

        // A leader that is believed in against the reply can be one that whoever replied has not heard of.
        foreach (var topic in topics.Values)
        {
            foreach (var partition in topic.Partitions)
            {
                if (before.Topics.GetValueOrDefault(topic.Name)?.Find(partition.Index) == partition && before.Nodes.TryGetValue(partition.Leader, out var node))
                {
                    nodes.TryAdd(node.Id, node);
                }
            }
        }

        return new ClusterMetadata { ClusterId = response.ClusterId, ControllerId = response.ControllerId, Nodes = nodes.ToFrozenDictionary(), Topics = topics };
    }

    /// <summary>The picture with newer leaders in it; null when none of them is newer.</summary>
    public static ClusterMetadata? With(ClusterMetadata before, IReadOnlyList<LearntLeader> leaders, IReadOnlyList<NodeMetadata> nodes)
    {
        var known = before.Nodes.ToDictionary();
        foreach (var node in nodes)
        {
            known[node.Id] = node;
        }

        var newer = new Dictionary<string, PartitionMetadata[]>(StringComparer.Ordinal);
        foreach (var (name, leader, epoch) in leaders)
        {
            if (before.Find(name) is not { } partition || partition.LeaderEpoch >= epoch || !known.ContainsKey(leader))
            {
                continue;
            }

            if (!newer.TryGetValue(name.Topic, out var partitions))
            {
                newer.Add(name.Topic, partitions = [.. before.Topics[name.Topic].Partitions]);
            }

            partitions[name.Partition] = partition with { Leader = leader, LeaderEpoch = epoch, Error = ErrorCode.None };
        }

        if (newer.Count == 0)
        {
            return null;
        }

        var topics = before.Topics.ToFrozenDictionary(
            static pair => pair.Key, pair => newer.TryGetValue(pair.Key, out var partitions) ? pair.Value.With(partitions) : pair.Value, StringComparer.Ordinal);
        return new ClusterMetadata { ClusterId = before.ClusterId, ControllerId = before.ControllerId, Nodes = known.ToFrozenDictionary(), Topics = topics };
    }

    private static NodeMetadata Node(MetadataResponse.MetadataResponseBroker broker) =>
        new(broker.NodeId, new ServerAddress(broker.Host, broker.Port), broker.Rack);

    private static TopicMetadata Topic(MetadataResponse.MetadataResponseTopic topic, TopicMetadata? before)
    {
        // A topic of another id is another topic, whose leaders count from the beginning.
        var older = before is not null && before.Id == topic.TopicId ? before : null;
        var partitions = new PartitionMetadata[topic.Partitions.Count];
        foreach (var partition in topic.Partitions)
        {
            // Only a whole list can be gone through by index; a broker that leaves gaps is asked again.
            if ((uint)partition.PartitionIndex >= (uint)partitions.Length || partitions[partition.PartitionIndex] is not null)
            {
                return new TopicMetadata { Name = topic.Name!, Id = topic.TopicId, Error = ErrorCode.LeaderNotAvailable };
            }

            partitions[partition.PartitionIndex] = Partition(partition, older?.Find(partition.PartitionIndex));
        }

        return new TopicMetadata { Name = topic.Name!, Id = topic.TopicId, IsInternal = topic.IsInternal, Error = topic.ErrorCode, Partitions = partitions };
    }

    /// <summary>A broker that is behind may still name the leader before the present one: a higher epoch that is known already wins (KIP-320).</summary>
    private static PartitionMetadata Partition(MetadataResponse.MetadataResponsePartition partition, PartitionMetadata? older) =>
        older is not null && partition.LeaderEpoch >= 0 && older.LeaderEpoch > partition.LeaderEpoch
            ? older
            : new PartitionMetadata(
                partition.PartitionIndex,
                partition.ErrorCode == ErrorCode.LeaderNotAvailable ? PartitionMetadata.NoLeader : partition.LeaderId,
                partition.LeaderEpoch,
                partition.ErrorCode,
                partition.ReplicaNodes,
                partition.IsrNodes);
}
