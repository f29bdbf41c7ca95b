using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Storage.Directories;

namespace Spate.Broker.Hosting;

/// <summary>
/// Makes this node's partitions what the image says: opens the logs of topics that are new, lets go of those that are gone. Called by the
/// controller, one image at a time.
/// </summary>
internal sealed class PartitionHost(PartitionTable table, LogStore store, BrokerSettings settings, ILogger logger)
{
    /// <summary>Told of a partition that has just begun to be served.</summary>
    public Action<Partition>? Opened { get; set; }

    /// <summary>Told of a partition just before it ends to be served.</summary>
    public Action<Partition>? Closing { get; set; }

    /// <summary>Told of topics that are gone, with all that anyone keeps about them.</summary>
    public Action<IReadOnlyList<TopicImage>>? TopicsDeleted { get; set; }

    /// <summary>Serves what was decided before this node started. What lies on disk and belongs to no topic is set aside, never deleted.</summary>
    public void Start(ClusterImage image)
    {
        foreach (var hosted in store.All)
        {
            if (!image.TryGetTopic(hosted.Partition.Topic, out var topic)
                || topic.FindPartition(hosted.Partition.Partition) is null
                || (hosted.TopicId != topic.Id && !hosted.TopicId.IsZero))
            {
                SetAside(hosted.Partition);
            }
        }

        foreach (var topic in image.TopicsByName.Values)
        {
            Open(topic);
        }
    }

    public ValueTask ObeyAsync(ClusterImage before, ClusterImage after, CancellationToken cancellation)
    {
        var gone = before.TopicsById.Values.Where(topic => !after.TryGetTopic(topic.Id, out _)).ToList();
        foreach (var topic in gone)
        {
            Close(topic);
            logger.TopicDeleted(topic.Name, topic.Id);
        }

        if (gone.Count > 0)
        {
            store.Delete([.. gone.SelectMany(Names)]);
            TopicsDeleted?.Invoke(gone);
        }

        foreach (var topic in after.TopicsById.Values.Where(topic => !before.TryGetTopic(topic.Id, out _)))
        {
            Open(topic);
            logger.TopicCreated(topic.Name, topic.Id, topic.Partitions.Length);
        }

        return ValueTask.CompletedTask;
    }

    /// <summary>Stops serving partitions whose disk failed; the others are not touched.</summary>
    public void Abandon(IEnumerable<TopicPartition> names)
    {
        foreach (var name in names)
        {
            if (table.Remove(name) is { } partition)
            {
                Closing?.Invoke(partition);
            }
        }
    }

    private static IEnumerable<TopicPartition> Names(TopicImage topic) =>
        topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Index));

    private void Open(TopicImage topic)
    {
        var config = new TopicSettings(topic.Config, settings.Values);
        var logConfig = config.ToLogConfig();
        foreach (var image in topic.Partitions)
        {
            var name = new TopicPartition(topic.Name, image.Index);
            if (store.Find(name) is { } other && other.TopicId != topic.Id && !other.TopicId.IsZero)
            {
                SetAside(name);
            }

            if (store.GetOrCreate(name, topic.Id, logConfig) is not { } hosted)
            {
                logger.LogNotOpened(name);
                continue;
            }

            hosted.Log.UpdateHighWatermark(hosted.Log.LogEndOffset);
            var partition = new Partition(name, topic.Id, image.LeaderEpoch, hosted.Log, (_, failure) => store.Fail(failure))
            {
                MinInsyncReplicas = config.MinInsyncReplicas,
                InSyncReplicas = image.InSyncReplicas.Length,
            };
            table.Add(partition);
            Opened?.Invoke(partition);
        }
    }

    private void Close(TopicImage topic) => Abandon(Names(topic));

    private void SetAside(TopicPartition name)
    {
        if (store.SetAside(name) is { } path)
        {
            logger.StrayLog(name, path);
        }
    }
}
