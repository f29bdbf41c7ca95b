using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Asks a leader which offsets belong to positions (ListOffsets).</summary>
internal static class OffsetLookup
{
    /// <exception cref="KafkaException">The leader could not be asked.</exception>
    public static async Task<Dictionary<TopicPartition, FoundOffset>> AskAsync(
        BrokerLink leader, IReadOnlyList<WantedOffset> wanted, IsolationLevel isolation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = (sbyte)isolation, TimeoutMs = (int)timeout.TotalMilliseconds };
        foreach (var (name, position, leaderEpoch) in wanted)
        {
            var topic = request.Topics.Find(other => other.Name == name.Topic);
            if (topic is null)
            {
                request.Topics.Add(topic = new ListOffsetsRequest.ListOffsetsTopic { Name = name.Topic });
            }

            topic.Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = name.Partition, CurrentLeaderEpoch = leaderEpoch, Timestamp = position.Value });
        }

        using var reply = await leader.AskAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        var found = new Dictionary<TopicPartition, FoundOffset>();
        foreach (var topic in reply.Message.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                found[new TopicPartition(topic.Name, partition.PartitionIndex)] = new FoundOffset(partition.ErrorCode, partition.Offset, partition.LeaderEpoch);
            }
        }

        return found;
    }
}
