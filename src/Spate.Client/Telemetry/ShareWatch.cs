using Spate.Client.Sharing;
using Spate.Protocol;

namespace Spate.Client.Telemetry;

/// <summary>What is told of a share consumer: what it waits for, what it is given, and what it says of it. Safe for use by several threads at once.</summary>
internal sealed class ShareWatch
{
    private readonly Cluster _cluster;
    private readonly string _group;
    private readonly ReceiveWatch _receiving;

    public ShareWatch(Cluster cluster, string group)
    {
        _cluster = cluster;
        _group = group;
        _receiving = new ReceiveWatch(cluster, group);
        cluster.Watch.Consumes();
    }

    /// <summary>What its records remember of it.</summary>
    public ConsumerOrigin Origin => _receiving.Origin;

    /// <inheritdoc cref="ReceiveWatch.PollAsync"/>
    public ValueTask<ShareChunk> PollAsync(ShareFetcher fetcher, CancellationToken cancellationToken) =>
        _receiving.PollAsync(fetcher, static (source, token) => source.NextAsync(token), static chunk => chunk.Fetched, cancellationToken);

    /// <summary>Records of a batch were handed out.</summary>
    public void Delivered(TopicPartition partition, int count) => _receiving.Delivers(partition, count);

    /// <summary>A leader has answered what was said of records, or cannot any more.</summary>
    /// <param name="partition">Their partition.</param>
    /// <param name="count">How many.</param>
    /// <param name="error">Null when it counts.</param>
    public void Acknowledged(TopicPartition partition, int count, KafkaException? error)
    {
        if (!ClientInstruments.Acknowledged.Enabled)
        {
            return;
        }

        var tags = _receiving.Tags(partition, MessagingTags.Acknowledge, MessagingTags.Settle);
        if (error is not null)
        {
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(error));
        }

        ClientInstruments.Acknowledged.Add(count, tags);
    }

    /// <summary>A leader was told by itself, and not along with a request for records, what became of some.</summary>
    /// <param name="node">The leader.</param>
    /// <param name="began">The clock's timestamp when that began.</param>
    /// <param name="error">Why it did not work; null when it did.</param>
    public void Told(int node, long began, KafkaException? error) => Settlement.Ended(_cluster, _group, MessagingTags.Acknowledge, node, began, error);
}
