using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Asks a leader how far it has what was read under earlier leaders (OffsetForLeaderEpoch).</summary>
internal static class EpochLookup
{
    /// <summary>Before this version the question was for brokers only.</summary>
    private const short FirstVersionForConsumers = 3;

    /// <exception cref="KafkaException">The leader could not be asked.</exception>
    public static async Task<Dictionary<TopicPartition, EpochEnd>> AskAsync(
        BrokerLink leader, IReadOnlyList<(TopicPartition Name, int Epoch, int LeaderEpoch)> wanted, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var connection = await leader.ConnectAsync(cancellationToken).ConfigureAwait(false);
        if (!connection.Versions.Offers(ApiKey.OffsetForLeaderEpoch) || connection.Versions.Choose(ApiKey.OffsetForLeaderEpoch) < FirstVersionForConsumers)
        {
            return wanted.ToDictionary(static one => one.Name, static _ => EpochEnd.Untold);
        }

        var request = new OffsetForLeaderEpochRequest { ReplicaId = -1 };
        foreach (var (name, epoch, leaderEpoch) in wanted)
        {
            var topic = request.Topics.Find(other => other.Topic == name.Topic);
            if (topic is null)
            {
                request.Topics.Add(topic = new OffsetForLeaderEpochRequest.OffsetForLeaderTopic { Topic = name.Topic });
            }

            topic.Partitions.Add(new OffsetForLeaderEpochRequest.OffsetForLeaderPartition { Partition = name.Partition, CurrentLeaderEpoch = leaderEpoch, LeaderEpoch = epoch });
        }

        using var reply = await leader.AskAsync(request, timeout, cancellationToken).ConfigureAwait(false);
        var found = new Dictionary<TopicPartition, EpochEnd>();
        foreach (var topic in reply.Message.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                found[new TopicPartition(topic.Topic, partition.Partition)] = new EpochEnd(partition.ErrorCode, partition.LeaderEpoch, partition.EndOffset);
            }
        }

        return found;
    }
}
