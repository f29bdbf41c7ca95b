using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing;

/// <summary>Makes Produce requests, and finds what a response says of a partition.</summary>
internal static class ProduceRequests
{
    /// <summary>The newest version that names topics; from the next one on they are named by their ids (KIP-516).</summary>
    public const short LastVersionOfNames = 12;

    /// <summary>From the next one on writing to a partition makes it part of a transaction (KIP-890).</summary>
    private const short LastVersionOfExplicitTransactions = 11;

    public static ProduceRequest Make(ProduceDraft draft, ClusterMetadata cluster, ProducerOptions options, TimeSpan timeout, out short highestVersion)
    {
        highestVersion = draft.Transaction is { IsImplicit: false } ? LastVersionOfExplicitTransactions : short.MaxValue;
        var request = new ProduceRequest { Acks = (short)options.Acks, TimeoutMs = (int)timeout.TotalMilliseconds, TransactionalId = options.TransactionalId };
        foreach (var batch in draft.Batches)
        {
            var name = batch.Queue.Name;
            var topic = request.TopicData.Find(other => other.Name == name.Topic);
            if (topic is null)
            {
                topic = new ProduceRequest.TopicProduceData { Name = name.Topic, TopicId = IdOf(name.Topic, cluster) };
                request.TopicData.Add(topic);
                if (topic.TopicId.IsZero)
                {
                    highestVersion = Math.Min(highestVersion, LastVersionOfNames);
                }
            }

            topic.PartitionData.Add(new ProduceRequest.PartitionProduceData { Index = name.Partition, Records = (ReadOnlyMemory<byte>)batch.Encoded });
        }

        return request;
    }

    public static ProduceResponse.PartitionProduceResponse? Find(ProduceResponse response, TopicPartition name, ClusterMetadata cluster)
    {
        var id = IdOf(name.Topic, cluster);
        foreach (var topic in response.Responses)
        {
            if (topic.Name == name.Topic || (topic.Name.Length == 0 && topic.TopicId == id))
            {
                return topic.PartitionResponses.Find(partition => partition.Index == name.Partition);
            }
        }

        return null;
    }

    private static Uuid IdOf(string topic, ClusterMetadata cluster) => cluster.Topics.TryGetValue(topic, out var known) ? known.Id : Uuid.Zero;
}
