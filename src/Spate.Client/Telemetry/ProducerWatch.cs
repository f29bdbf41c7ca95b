using System.Diagnostics;
using Spate.Client.Producing;

namespace Spate.Client.Telemetry;

/// <summary>What is told of a producer: what it holds, and how each batch ended. Safe for use by several threads at once.</summary>
internal sealed class ProducerWatch : IDisposable
{
    private readonly Cluster _cluster;
    private readonly BufferMemory _memory;
    private readonly long _bytesMax;

    public ProducerWatch(Cluster cluster, ProducerOptions options, BufferMemory memory)
    {
        _cluster = cluster;
        _memory = memory;
        _bytesMax = options.BufferMemory;
        cluster.Watch.Add(this);
    }

    /// <summary>Bytes that are reserved.</summary>
    public long Buffered => _bytesMax - _memory.Available;

    /// <summary>A batch has come to its end: one operation, from its first record on.</summary>
    public static void Ended(Cluster cluster, ProducerBatch batch, KafkaException? failure)
    {
        if (batch.IsTold || !(ClientInstruments.Sent.Enabled || ClientInstruments.OperationDuration.Enabled))
        {
            return;
        }

        var tags = default(TagList);
        tags.Add(MessagingTags.System, MessagingTags.Kafka);
        tags.Add(MessagingTags.OperationName, MessagingTags.Send);
        tags.Add(MessagingTags.Destination, batch.Queue.Name.Topic);
        tags.Add(MessagingTags.PartitionId, MessagingTags.PartitionOf(batch.Queue.Name.Partition));
        if (cluster.LeaderOf(batch.Queue.Name) is { } leader)
        {
            tags.Add(MessagingTags.ServerAddress, leader.Host);
            tags.Add(MessagingTags.ServerPort, leader.Port);
        }

        if (failure is not null)
        {
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(failure));
        }

        // What never left is no message that was sent.
        if (batch.Attempts > 0)
        {
            ClientInstruments.Sent.Add(batch.Count, tags);
        }

        tags.Add(MessagingTags.OperationType, MessagingTags.Send);
        ClientInstruments.OperationDuration.Record(cluster.Clock.GetElapsedTime(batch.CreatedAt).TotalSeconds, tags);
    }

    public void Dispose() => _cluster.Watch.Remove(this);
}
