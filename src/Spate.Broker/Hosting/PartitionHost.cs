using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Partitions;
using Spate.Broker.Telemetry;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Storage;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Moves;

namespace Spate.Broker.Hosting;

/// <summary>
/// Makes this node's partitions what the image says: opens the logs of topics that are new, lets go of those that are gone, and serves what is
/// led. Called by the controller, one image at a time.
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
        Open([.. image.TopicsByName.Values.Select(topic => Opening(topic, topic.Partitions, image))], mayCreate);
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

        var opened = delta.CreatedTopics.Select(topic => Opening(topic, topic.Partitions, delta.After))
            .Concat(delta.ChangedTopics.Select(topic => Opening(topic, topic.Partitions.Skip(CountBefore(topic)), delta.After)));
        Open([.. opened], mayCreate: true);
        foreach (var topic in delta.CreatedTopics)
        {
            logger.TopicCreated(topic.Name, topic.Id, topic.Partitions.Length);
        }

        foreach (var topic in delta.ChangedTopics.Where(topic => topic.Partitions.Length > CountBefore(topic)))
        {
            logger.PartitionsCreated(topic.Name, topic.Id, CountBefore(topic), topic.Partitions.Length);
        }

        foreach (var topic in delta.ChangedTopics)
        {
            FollowLeaders(topic, delta);
        }

        int CountBefore(TopicImage topic) => delta.Before.TryGetTopic(topic.Id, out var before) ? before.Partitions.Length : 0;
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
            cleaner.Forget(logs);
        }
        finally
        {
            pauses.ForEach(pause => pause.Dispose());
        }
    }

    private TopicOpening Opening(TopicImage topic, IEnumerable<PartitionImage> partitions, ClusterImage image) =>
        new(topic, [.. partitions], new TopicSettings(image.ConfigOf(topic), settings.Values));

    /// <summary>Makes the logs that are missing, all at once, and begins to serve the partitions.</summary>
    private void Open(IReadOnlyList<TopicOpening> openings, bool mayCreate)
    {
        foreach (var (name, topicId) in openings.SelectMany(opening => opening.Names))
        {
            if (store.Find(name) is { } other && other.TopicId != topicId && !other.TopicId.IsZero)
            {
                SetAside(name);
            }
        }

        if (mayCreate)
        {
            Create(openings);
        }

        // All are known before anybody is told of one: a coordinator that has been loaded goes to the others at once, to tell them what was decided.
        List<Partition> served = [.. openings.SelectMany(opening => opening.Partitions.Select(image => MakeKnown(opening, image, mayCreate))).OfType<Partition>()];
        served.ForEach(Tell);
    }

    private void Create(IReadOnlyList<TopicOpening> openings)
    {
        var missing = new List<NewLog>();
        foreach (var opening in openings)
        {
            missing.AddRange(opening.Names.Where(each => store.Find(each.Name) is null).Select(each => new NewLog(each.Name, each.TopicId, opening.LogConfig)));
        }

        // Before the logs are there: a crash in between leaves nothing behind that the next start would take for their own.
        cleaner.Forget([.. missing.Select(log => log.Partition)], store.Directories.Online);
        store.CreateMissing(missing);
    }

    /// <summary>The partition, unless it cannot be served.</summary>
    private Partition? MakeKnown(TopicOpening opening, PartitionImage image, bool mayCreate)
    {
        var (topic, config) = (opening.Topic, opening.Config);
        var name = new TopicPartition(topic.Name, image.Index);
        if ((!mayCreate && store.Find(name) is null) || store.GetOrCreate(name, topic.Id, opening.LogConfig) is not { } hosted)
        {
            logger.LogNotOpened(name);
            table.AddOffline(name, topic.Id);
            return null;
        }

        if (image.Leader < 0)
        {
            table.AddLeaderless(name, topic.Id);
            return null;
        }

        var partition = Lead(topic, image, hosted.Log, config);
        table.Add(partition);
        return partition;
    }

    private void FollowLeaders(TopicImage topic, ClusterDelta delta)
    {
        if (!delta.Before.TryGetTopic(topic.Id, out var before))
        {
            return;
        }

        foreach (var partition in topic.Partitions.Take(before.Partitions.Length).Where(partition => partition.LeaderEpoch != before.Partitions[partition.Index].LeaderEpoch))
        {
            FollowLeader(topic, partition, delta.After.ConfigOf(topic));
        }
    }

    /// <summary>A partition is led in another epoch now, or by nobody.</summary>
    private void FollowLeader(TopicImage topic, PartitionImage image, IReadOnlyDictionary<string, string> given)
    {
        var name = new TopicPartition(topic.Name, image.Index);
        if (image.Leader < 0)
        {
            if (table.Resign(name) is { } resigned)
            {
                Closing?.Invoke(resigned);
            }

            logger.PartitionLeaderless(name, image.LeaderEpoch);
        }
        else if (store.Find(name) is { } hosted)
        {
            var config = new TopicSettings(given, settings.Values);
            hosted.Log.Config = config.ToLogConfig();
            var partition = Lead(topic, image, hosted.Log, config);
            if (table.Lead(partition) is { } before)
            {
                Closing?.Invoke(before);
            }

            Tell(partition);
            logger.PartitionLed(name, image.LeaderEpoch);
        }
    }

    private Partition Lead(TopicImage topic, PartitionImage image, PartitionLog log, TopicSettings config)
    {
        log.UpdateHighWatermark(log.LogEndOffset);
        return new Partition(new TopicPartition(topic.Name, image.Index), topic.Id, image.LeaderEpoch, log, (_, failure) => store.Fail(failure))
        {
            MinInsyncReplicas = config.MinInsyncReplicas,
            InSyncReplicas = image.InSyncReplicas.Length,
            Replicas = image.Replicas.Length,
            Metrics = metrics.Of(topic.Name),
        };
    }

    private void Tell(Partition partition)
    {
        Opened?.Invoke(partition);
        if (!ReferenceEquals(store.Find(partition.Name)?.Log, partition.Log))
        {
            // The disk failed before the partition was known here, or before anybody was told of it; so its end is told again.
            table.TakeOffline(partition.Name);
            Closing?.Invoke(partition);
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
