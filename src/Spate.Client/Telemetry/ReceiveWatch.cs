using System.Diagnostics;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Client.Telemetry;

/// <summary>What is told of whoever is handed records, by a group, a share group or none: what it waits for and what it gets. Safe for use by several threads at once.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="group">The group; null for none.</param>
internal sealed class ReceiveWatch(Cluster cluster, string? group)
{
    /// <summary>What its records remember of it.</summary>
    public ConsumerOrigin Origin { get; } = new(cluster.Watch.ClientId, group, cluster.Clock);

    /// <summary>Waits for what has come next: an operation of its own, since that is what the application waits for.</summary>
    /// <param name="source">Gives it.</param>
    /// <param name="next">Asks for it.</param>
    /// <param name="bytesOf">The part of it that was fetched.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<TChunk> PollAsync<TSource, TChunk>(
        TSource source, Func<TSource, CancellationToken, ValueTask<TChunk>> next, Func<TChunk, FetchedChunk> bytesOf, CancellationToken cancellationToken)
    {
        var began = cluster.Clock.GetTimestamp();
        try
        {
            var chunk = await next(source, cancellationToken).ConfigureAwait(false);
            var fetched = bytesOf(chunk);
            cluster.Watch.Figures.Polled(cluster.Clock.GetElapsedTime(began));
            cluster.Watch.Figures.Fetched(fetched.Bytes.Length);
            if (ClientInstruments.OperationDuration.Enabled)
            {
                ClientInstruments.OperationDuration.Record(cluster.Clock.GetElapsedTime(began).TotalSeconds, Tags(fetched.Cursor.Name, MessagingTags.Poll, MessagingTags.Receive));
            }

            return chunk;
        }
        catch (KafkaException failure) when (ClientInstruments.OperationDuration.Enabled)
        {
            var tags = Tags(failure.Partition, MessagingTags.Poll, MessagingTags.Receive);
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(failure));
            ClientInstruments.OperationDuration.Record(cluster.Clock.GetElapsedTime(began).TotalSeconds, tags);
            throw;
        }
    }

    /// <summary>Records of a partition are handed out.</summary>
    public void Delivers(TopicPartition partition, int count)
    {
        if (count == 0)
        {
            return;
        }

        cluster.Watch.Figures.Consumed(count);
        if (ClientInstruments.Consumed.Enabled)
        {
            ClientInstruments.Consumed.Add(count, Tags(partition, MessagingTags.Poll));
        }
    }

    /// <param name="partition">What it is about; null where that is no single partition.</param>
    /// <param name="operation">What is done; null where it is about a state.</param>
    /// <param name="type">The kind of the operation; null where it goes without saying.</param>
    public TagList Tags(TopicPartition? partition, string? operation = null, string? type = null)
    {
        var tags = default(TagList);
        tags.Add(MessagingTags.System, MessagingTags.Kafka);
        if (operation is not null)
        {
            tags.Add(MessagingTags.OperationName, operation);
        }

        if (type is not null)
        {
            tags.Add(MessagingTags.OperationType, type);
        }

        if (group is not null)
        {
            tags.Add(MessagingTags.Group, group);
        }

        if (partition is not { } name)
        {
            return tags;
        }

        tags.Add(MessagingTags.Destination, name.Topic);
        tags.Add(MessagingTags.PartitionId, MessagingTags.PartitionOf(name.Partition));
        if (cluster.LeaderOf(name) is { } leader)
        {
            tags.Add(MessagingTags.ServerAddress, leader.Host);
            tags.Add(MessagingTags.ServerPort, leader.Port);
        }

        return tags;
    }
}
