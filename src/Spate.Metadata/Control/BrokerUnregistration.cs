using System.Collections.Immutable;
using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// UnregisterBroker: a broker is gone for good. It is taken out of the in-sync replicas of its partitions, and another of those leads in its
/// place. A broker that runs is refused: it would register anew, or serve what the cluster takes for lost. Pure.
/// </summary>
public static class BrokerUnregistration
{
    /// <param name="image">What is decided.</param>
    /// <param name="request">Which broker.</param>
    /// <param name="isRunning">Whether a broker is known to run.</param>
    public static Decision<UnregisterBrokerResponse> Decide(ClusterImage image, UnregisterBrokerRequest request, Func<int, bool> isRunning)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(isRunning);
        if (image.Brokers.Find(request.BrokerId) is not { } broker)
        {
            return Refusal(ErrorCode.BrokerIdNotRegistered, $"No broker of the id {request.BrokerId} is registered.");
        }

        if (isRunning(broker.Id))
        {
            return Refusal(ErrorCode.InvalidRequest, $"Broker {broker.Id} is running. Stop it before it is unregistered.");
        }

        List<IMetadataRecord> records = [.. Changes(image, broker.Id), new UnregisterBrokerRecord { BrokerId = broker.Id, BrokerEpoch = broker.Epoch }];
        return new Decision<UnregisterBrokerResponse>(records, new UnregisterBrokerResponse { ErrorMessage = null });
    }

    private static IEnumerable<PartitionChangeRecord> Changes(ClusterImage image, int broker) =>
        from topic in image.TopicsByName.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)
        from partition in topic.Partitions
        where partition.InSyncReplicas.Contains(broker)
        select Change(image, topic, partition, broker);

    private static PartitionChangeRecord Change(ClusterImage image, TopicImage topic, PartitionImage partition, int broker)
    {
        var change = new PartitionChangeRecord { TopicId = topic.Id, PartitionId = partition.Index };
        var others = partition.InSyncReplicas.Remove(broker);
        if (others.Length > 0)
        {
            change.Isr = [.. others];
        }

        // Where it was the last one in sync it stays so, though it is gone: only its own data is known to be whole.
        if (partition.Leader == broker)
        {
            change.Leader = NewLeader(image, partition, others);
        }

        return change;
    }

    private static int NewLeader(ClusterImage image, PartitionImage partition, ImmutableArray<int> inSync)
    {
        foreach (var replica in partition.Replicas)
        {
            if (inSync.Contains(replica) && image.Brokers.Find(replica) is { IsFenced: false })
            {
                return replica;
            }
        }

        return -1;
    }

    private static Decision<UnregisterBrokerResponse> Refusal(ErrorCode error, string message) =>
        new([], new UnregisterBrokerResponse { ErrorCode = error, ErrorMessage = message });
}
