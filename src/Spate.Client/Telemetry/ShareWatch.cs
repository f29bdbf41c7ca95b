using System.Diagnostics;
using Spate.Client.Sharing;
using Spate.Protocol;

namespace Spate.Client.Telemetry;

/// <summary>What is told of a share consumer: what it waits for, what it is given, and what it says of it. Safe for use by several threads at once.</summary>
internal sealed class ShareWatch
{
    private readonly Cluster _cluster;

    public ShareWatch(Cluster cluster, string group)
    {
        _cluster = cluster;
        Origin = new ConsumerOrigin(cluster.Watch.ClientId, group, cluster.Clock);
        cluster.Watch.Consumes();
    }

    /// <summary>What its records remember of it.</summary>
    public ConsumerOrigin Origin { get; }

    /// <summary>Waits for what has come next: an operation of its own, since that is what the application waits for.</summary>
    public async ValueTask<ShareChunk> PollAsync(ShareFetcher fetcher, CancellationToken cancellationToken)
    {
        var began = _cluster.Clock.GetTimestamp();
        try
        {
            var chunk = await fetcher.NextAsync(cancellationToken).ConfigureAwait(false);
            _cluster.Watch.Figures.Polled(_cluster.Clock.GetElapsedTime(began));
            _cluster.Watch.Figures.Fetched(chunk.Fetched.Bytes.Length);
            if (ClientInstruments.OperationDuration.Enabled)
            {
                ClientInstruments.OperationDuration.Record(_cluster.Clock.GetElapsedTime(began).TotalSeconds, Tags(chunk.Fetched.Cursor.Name, MessagingTags.Poll, MessagingTags.Receive));
            }

            return chunk;
        }
        catch (KafkaException failure) when (ClientInstruments.OperationDuration.Enabled)
        {
            var tags = Tags(failure.Partition, MessagingTags.Poll, MessagingTags.Receive);
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(failure));
            ClientInstruments.OperationDuration.Record(_cluster.Clock.GetElapsedTime(began).TotalSeconds, tags);
            throw;
        }
    }

    /// <summary>Records of a batch were handed out.</summary>
    public void Delivered(TopicPartition partition, int count)
    {
        if (count == 0)
        {
            return;
        }

        _cluster.Watch.Figures.Consumed(count);
        if (ClientInstruments.Consumed.Enabled)
        {
            ClientInstruments.Consumed.Add(count, Tags(partition, MessagingTags.Poll, type: null));
        }
    }

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

        var tags = Tags(partition, MessagingTags.Acknowledge, MessagingTags.Settle);
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
    public void Told(int node, long began, KafkaException? error)
    {
        if (!ClientInstruments.OperationDuration.Enabled)
        {
            return;
        }

        var tags = Tags(partition: null, MessagingTags.Acknowledge, MessagingTags.Settle);
        if (_cluster.Metadata.Current.Nodes.TryGetValue(node, out var leader))
        {
            tags.Add(MessagingTags.ServerAddress, leader.Address.Host);
            tags.Add(MessagingTags.ServerPort, leader.Address.Port);
        }

        if (error is not null)
        {
            tags.Add(MessagingTags.ErrorType, MessagingTags.ErrorOf(error));
        }

        ClientInstruments.OperationDuration.Record(_cluster.Clock.GetElapsedTime(began).TotalSeconds, tags);
    }

    private TagList Tags(TopicPartition? partition, string operation, string? type)
    {
        var tags = default(TagList);
        tags.Add(MessagingTags.System, MessagingTags.Kafka);
        tags.Add(MessagingTags.OperationName, operation);
        tags.Add(MessagingTags.Group, Origin.Group);
        if (type is not null)
        {
            tags.Add(MessagingTags.OperationType, type);
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
