using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Asks a leader which offsets belong to positions (ListOffsets).</summary>
internal static class OffsetLookup
{
    /// <exception cref="KafkaException">The leader could not be asked.</exception>
    public static async Task<Dictionary<TopicPartition, (ErrorCode Error, long Offset)>> AskAsync(
        BrokerLink leader, IReadOnlyList<(TopicPartition Name, StartPosition Position)> wanted, IsolationLevel isolation, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ListOffsetsRequest { ReplicaId = -1, IsolationLevel = (sbyte)isolation, TimeoutMs = (int)timeout.TotalMilliseconds };
        foreach (var (name, position) in wanted)
        {
            var topic = request.Topics.Find(other => other.Name == name.Topic);
            if (topic is null)
            {
                request.Topics.Add(topic = new ListOffsetsRequest.ListOffsetsTopic { Name = name.Topic });
            }

            topic.Partitions.Add(new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = name.Partition, Timestamp = position.Value });
        }

        using var reply = await leader.AskAsync(request, timeout, cancellationToken);
        var found = new Dictionary<TopicPartition, (ErrorCode, long)>();
        foreach (var topic in reply.Message.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                found[new TopicPartition(topic.Name, partition.PartitionIndex)] = (partition.ErrorCode, partition.Offset);
            }
        }

        return found;
    }
}
