using System.Diagnostics.Metrics;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Client.Telemetry;

/// <summary>What is told of a consumer: what it holds, what it waits for, and what it hands out. Safe for use by several threads at once.</summary>
internal sealed class ConsumerWatch : IDisposable
{
    private readonly Cluster _cluster;
    private readonly Prefetch _prefetch;
    private readonly ReceiveWatch _receiving;

    public ConsumerWatch(Cluster cluster, Prefetch prefetch, string? group)
    {
        _cluster = cluster;
        _prefetch = prefetch;
        _receiving = new ReceiveWatch(cluster, group);
        cluster.Watch.Add(this);
    }

    /// <summary>What its records remember of it.</summary>
    public ConsumerOrigin Origin => _receiving.Origin;

    /// <summary>Bytes that are held.</summary>
    public long Prefetched => _prefetch.BytesHeld;

    /// <summary>Partitions that its group has given it.</summary>
    public int PartitionsOfGroup => Origin.Group is null ? 0 : _prefetch.Assignment().Count;

    /// <inheritdoc cref="ReceiveWatch.PollAsync"/>
    public ValueTask<FetchedChunk> PollAsync(Fetcher fetcher, CancellationToken cancellationToken) =>
        _receiving.PollAsync(fetcher, static (source, token) => source.NextAsync(token), static chunk => chunk, cancellationToken);

    /// <summary>A batch of records is about to be handed out.</summary>
    public void Delivers(TopicPartition partition, int count) => _receiving.Delivers(partition, count);

    public List<Measurement<long>> Lag()
    {
        var all = new List<Measurement<long>>();
        lock (_prefetch.Gate)
        {
            foreach (var cursor in _prefetch.Cursors)
            {
                if (cursor.Lag is { } lag)
                {
                    var tags = _receiving.Tags(cursor.Name);
                    tags.Add(MessagingTags.ClientId, Origin.ClientId);
                    all.Add(new Measurement<long>(lag, tags));
                }
            }
        }

        return all;
    }

    public void Dispose() => _cluster.Watch.Remove(this);
}
