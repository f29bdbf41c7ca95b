using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Broker.Telemetry;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Moves;

namespace Spate.Broker.Hosting;

/// <summary>
/// Makes this node's partitions what the image says: opens the logs of topics that are new, lets go of those that are gone. Called by the
/// controller, one image at a time.
/// </summary>
internal sealed class PartitionHost(
    PartitionTable table, LogStore store, LogCleaner cleaner, LogMover mover, BrokerSettings settings, BrokerTopicMetrics metrics, ILogger logger)
{
    /// <summary>Told of a partition that has just begun to be served.</summary>
    public Action<Partition>? Opened { get; set; }

    /// <summary>Told of a partition just before it ends to be served.</summary>
    public Action<Partition>? Closing { get; set; }

    /// <summary>
    /// Told of topics that are gone, to forget all that is kept about them. The deletion is answered when it is done, so that nobody makes a
    /// topic of the same name meanwhile and has what belongs to the new one forgotten.
    /// </summary>
    public Func<IReadOnlyList<TopicImage>, Task>? TopicsDeleted { get; set; }

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

        // Where a directory is offline, a log that is not found may lie in it: a new one would hide it, and stand in its way when it is back.
        var mayCreate = store.Directories.All.All(directory => directory.IsOnline);
        foreach (var topic in image.TopicsByName.Values)
        {
            Open(topic, topic.Partitions, image.ConfigOf(topic), mayCreate);
        }
    }

    public async ValueTask ObeyAsync(ClusterDelta delta, CancellationToken cancellation)
    {
        var gone = delta.DeletedTopics.ToList();
        foreach (var topic in gone)
        {
            Close(topic);
            logger.TopicDeleted(topic.Name, topic.Id);
        }

        if (gone.Count > 0)
        {
            await DeleteAsync([.. gone.SelectMany(Names)]);
            if (TopicsDeleted is { } forget)
            {
                await forget(gone);
            }
        }

        foreach (var topic in delta.CreatedTopics)
        {
            Open(topic, topic.Partitions, delta.After.ConfigOf(topic), mayCreate: true);
            logger.TopicCreated(topic.Name, topic.Id, topic.Partitions.Length);
        }

        foreach (var topic in delta.ChangedTopics)
        {
            var had = delta.Before.TryGetTopic(topic.Id, out var before) ? before.Partitions.Length : 0;
            if (topic.Partitions.Length > had)
            {
                Open(topic, topic.Partitions.Skip(had), delta.After.ConfigOf(topic), mayCreate: true);
                logger.PartitionsCreated(topic.Name, topic.Id, had, topic.Partitions.Length);
            }
        }
    }

    /// <summary>Stops serving partitions whose disk failed; the others are not touched.</summary>
    public void Abandon(IEnumerable<TopicPartition> names)
    {
        foreach (var name in names)
        {
            if (table.TakeOffline(name) is { } partition)
            {
                Closing?.Invoke(partition);
            }
        }
    }

    private static IEnumerable<TopicPartition> Names(TopicImage topic) =>
        topic.Partitions.Select(partition => new TopicPartition(topic.Name, partition.Index));

    /// <summary>Deletes logs, with the cleaner kept away from them until they are gone and forgotten, and none of them on its way elsewhere.</summary>
    private async Task DeleteAsync(IReadOnlyCollection<TopicPartition> names)
    {
        await mover.CancelAsync(names);
        var pauses = new List<IDisposable>();
        try
        {
            var logs = names.Select(store.Find).OfType<HostedLog>().ToList();
            foreach (var hosted in logs.Where(hosted => hosted.Log.Config.IsCompacted))
            {
                pauses.Add(await cleaner.PauseAsync(hosted.Partition));
            }

            store.Delete(names);
            logs.ForEach(cleaner.Forget);
        }
        finally
        {
            pauses.ForEach(pause => pause.Dispose());
        }
    }

    private void Open(TopicImage topic, IEnumerable<PartitionImage> partitions, IReadOnlyDictionary<string, string> given, bool mayCreate)
    {
        var config = new TopicSettings(given, settings.Values);
        var logConfig = config.ToLogConfig();
        foreach (var image in partitions)
        {
            var name = new TopicPartition(topic.Name, image.Index);
            if (store.Find(name) is { } other && other.TopicId != topic.Id && !other.TopicId.IsZero)
            {
                SetAside(name);
            }

            var isThere = store.Find(name) is not null;
            if (!isThere && mayCreate)
            {
                // Before the log is there: a crash in between leaves nothing behind that the next start would take for the log's own.
                cleaner.Forget(name, store.Directories.Online);
            }

            if ((!isThere && !mayCreate) || store.GetOrCreate(name, topic.Id, logConfig) is not { } hosted)
            {
                logger.LogNotOpened(name);
                table.AddOffline(name, topic.Id);
                continue;
            }

            hosted.Log.UpdateHighWatermark(hosted.Log.LogEndOffset);
            var partition = new Partition(name, topic.Id, image.LeaderEpoch, hosted.Log, (_, failure) => store.Fail(failure))
            {
                MinInsyncReplicas = config.MinInsyncReplicas,
                InSyncReplicas = image.InSyncReplicas.Length,
                Replicas = image.Replicas.Length,
                Metrics = metrics.Of(topic.Name),
            };
            table.Add(partition);
            Opened?.Invoke(partition);
            if (!ReferenceEquals(store.Find(name)?.Log, hosted.Log))
            {
                // The disk failed before the partition was known here, and so nobody told it.
                Abandon([name]);
            }
        }
    }

    private void Close(TopicImage topic)
    {
        metrics.Forget(topic.Name);
        foreach (var name in Names(topic))
        {
            if (table.Remove(name) is { } partition)
            {
                Closing?.Invoke(partition);
            }
        }
    }

    private void SetAside(TopicPartition name)
    {
        if (store.SetAside(name) is { } path)
        {
            logger.StrayLog(name, path);
        }
    }
}
