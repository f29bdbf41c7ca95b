using System.Diagnostics;
using System.Diagnostics.Metrics;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Client.Telemetry;

/// <summary>What is told of a consumer: what it holds, what it waits for, and what it hands out. Safe for use by several threads at once.</summary>
internal sealed class ConsumerWatch : IDisposable
{
    private readonly Cluster _cluster;
    private readonly Prefetch _prefetch;

    public ConsumerWatch(Cluster cluster, Prefetch prefetch, string? group)
    {
        _cluster = cluster;
        _prefetch = prefetch;
        Origin = new ConsumerOrigin(cluster.Watch.ClientId, group, cluster.Clock);
        cluster.Watch.Add(this);
    }

    /// <summary>What its records remember of it.</summary>
    public ConsumerOrigin Origin { get; }

    /// <summary>Bytes that are held.</summary>
    public long Prefetched => _prefetch.BytesHeld;

    /// <summary>Partitions that its group has given it.</summary>
    public int PartitionsOfGroup => Origin.Group is null ? 0 : _prefetch.Assignment().Count;

    /// <summary>Waits for what was fetched next: an operation of its own, since that is what the application waits for.</summary>
    public async ValueTask<FetchedChunk> PollAsync(Fetcher fetcher, CancellationToken cancellationToken)
    {
        var began = _cluster.Clock.GetTimestamp();
        try
        {
            var chunk = await fetcher.NextAsync(cancellationToken).ConfigureAwait(false);
            _cluster.Watch.Figures.Polled(_cluster.Clock.GetElapsedTime(began));
            _cluster.Watch.Figures.Fetched(chunk.Bytes.Length);
            if (ClientInstruments.OperationDuration.Enabled)
            {
                ClientInstruments.OperationDuration.Record(_cluster.Clock.GetElapsedTime(began).TotalSeconds, PollTags(chunk.Cursor.Name));
            }

            return chunk;
        }
        catch (KafkaException failure) when (ClientInstruments.OperationDuration.Enabled)
        {
            var tags = PollTags(failure.Partition);
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(failure));
            ClientInstruments.OperationDuration.Record(_cluster.Clock.GetElapsedTime(began).TotalSeconds, tags);
            throw;
        }
    }

    /// <summary>A batch of records is about to be handed out.</summary>
    public void Delivers(TopicPartition partition, int count)
    {
        _cluster.Watch.Figures.Consumed(count);
        if (count > 0 && ClientInstruments.Consumed.Enabled)
        {
            ClientInstruments.Consumed.Add(count, Tags(partition));
        }
    }

    public List<Measurement<long>> Lag()
    {
        var all = new List<Measurement<long>>();
        lock (_prefetch.Gate)
        {
            foreach (var cursor in _prefetch.Cursors)
            {
                if (cursor.Lag is { } lag)
                {
                    var tags = Tags(cursor.Name);
                    tags.Add(MessagingTags.ClientId, Origin.ClientId);
                    all.Add(new Measurement<long>(lag, tags));
                }
            }
        }

        return all;
    }

    public void Dispose() => _cluster.Watch.Remove(this);

    private TagList PollTags(TopicPartition? partition)
    {
        var tags = Tags(partition);
        tags.Add(MessagingTags.OperationType, MessagingTags.Receive);
        return tags;
    }

    private TagList Tags(TopicPartition? partition)
    {
        var tags = default(TagList);
        tags.Add(MessagingTags.System, MessagingTags.Kafka);
        tags.Add(MessagingTags.OperationName, MessagingTags.Poll);
        if (Origin.Group is { } group)
        {
            tags.Add(MessagingTags.Group, group);
        }

        if (partition is not { } name)
        {
            return tags;
        }

        tags.Add(MessagingTags.Destination, name.Topic);
        tags.Add(MessagingTags.PartitionId, MessagingTags.PartitionOf(name.Partition));
        if (_cluster.LeaderOf(name) is { } leader)
        {
            tags.Add(MessagingTags.ServerAddress, leader.Host);
            tags.Add(MessagingTags.ServerPort, leader.Port);
        }

        return tags;
    }
}
