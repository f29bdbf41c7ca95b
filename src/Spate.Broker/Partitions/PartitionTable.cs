using System.Collections.Concurrent;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Broker.Partitions;

/// <summary>
/// The partitions of this node, by name and by the topic's id: those that it leads, those whose disk is offline, those that nobody leads. Safe for use by several
/// threads at once; reading takes no lock.
/// </summary>
public sealed class PartitionTable
{
    private readonly ConcurrentDictionary<TopicPartition, Place> _byName = new();
    private readonly ConcurrentDictionary<(Uuid Topic, int Index), Place> _byId = new();
    private readonly ConcurrentDictionary<Uuid, int> _partitionsOf = new();

    /// <summary>Held by whoever changes the table.</summary>
    private readonly Lock _changing = new();

    /// <summary>The partitions that are served.</summary>
    public IEnumerable<Partition> All => _byName.Values.Select(place => place.Partition).OfType<Partition>();

    /// <summary>How many partitions are known and cannot be served because their disk is offline.</summary>
    public int OfflineCount => _byName.Values.Count(place => place.Refusal == ErrorCode.KafkaStorageError);

    /// <summary>Finds a partition by its topic's name, or says why there is none to ask: not known, its disk is offline, or nobody leads it.</summary>
    public ErrorCode Find(string topic, int index, out Partition? partition)
    {
        if (!_byName.TryGetValue(new TopicPartition(topic, index), out var place))
        {
            partition = null;
            return ErrorCode.UnknownTopicOrPartition;
        }

        partition = place.Partition;
        return place.Refusal;
    }

    /// <summary>The same by the topic's id, where an unknown topic is told from an unknown partition (KIP-516).</summary>
    public ErrorCode Find(Uuid topic, int index, out Partition? partition)
    {
        if (!_byId.TryGetValue((topic, index), out var place))
        {
            partition = null;
            return _partitionsOf.ContainsKey(topic) ? ErrorCode.UnknownTopicOrPartition : ErrorCode.UnknownTopicId;
        }

        partition = place.Partition;
        return place.Refusal;
    }

    /// <summary>Whether a partition is known and cannot be served because its disk is offline.</summary>
    public bool IsOffline(string topic, int index) => Find(topic, index, out _) == ErrorCode.KafkaStorageError;

    /// <summary>Serves a partition from now on.</summary>
    public void Add(Partition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        Add(partition.Name, new Place(partition.TopicId, partition, ErrorCode.None));
    }

    /// <summary>Makes known a partition that cannot be served because its disk is offline.</summary>
    public void AddOffline(TopicPartition name, Uuid topicId) => Add(name, new Place(topicId, Partition: null, ErrorCode.KafkaStorageError));

    /// <summary>Makes known a partition that is not served because nobody leads it.</summary>
    public void AddLeaderless(TopicPartition name, Uuid topicId) => Add(name, new Place(topicId, Partition: null, ErrorCode.NotLeaderOrFollower));

    /// <summary>Serves a partition that was known already, in another epoch than before if it was served then.</summary>
    /// <returns>What was served before; those who wait for it are woken, and find the new one.</returns>
    public Partition? Lead(Partition partition)
    {
        ArgumentNullException.ThrowIfNull(partition);
        return Change(partition.Name, new Place(partition.TopicId, partition, ErrorCode.None), why: ErrorCode.NotLeaderOrFollower);
    }

    /// <summary>Ends the serving of a partition that this node leads no longer, and wakes those who wait for it. It stays known.</summary>
    /// <returns>The partition, unless it was not served.</returns>
    public Partition? Resign(TopicPartition name) => StopServing(name, ErrorCode.NotLeaderOrFollower);

    /// <summary>Ends the serving of a partition whose disk failed, and wakes those who wait for it. It stays known.</summary>
    /// <returns>The partition, unless it was not served.</returns>
    public Partition? TakeOffline(TopicPartition name) => StopServing(name, ErrorCode.KafkaStorageError);

    /// <summary>Forgets a partition and wakes those who wait for it.</summary>
    /// <returns>The partition, unless it was not served.</returns>
    public Partition? Remove(TopicPartition name)
    {
        Place? place;
        lock (_changing)
        {
            if (!_byName.TryRemove(name, out place))
            {
                return null;
            }

            _byId.TryRemove((place.TopicId, name.Partition), out _);
            if (_partitionsOf.AddOrUpdate(place.TopicId, 0, static (_, count) => count - 1) == 0)
            {
                _partitionsOf.TryRemove(place.TopicId, out _);
            }
        }

        place.Partition?.End(ErrorCode.UnknownTopicOrPartition);
        return place.Partition;
    }

    private Partition? StopServing(TopicPartition name, ErrorCode why) =>
        _byName.TryGetValue(name, out var place) ? Change(name, new Place(place.TopicId, Partition: null, why), why) : null;

    /// <summary>Puts another place where one is known; nothing where none is, or where it is of another topic by now.</summary>
    private Partition? Change(TopicPartition name, Place place, ErrorCode why)
    {
        Place? before;
        lock (_changing)
        {
            if (!_byName.TryGetValue(name, out before) || before.TopicId != place.TopicId)
            {
                return null;
            }

            Put(name, place);
        }

        before.Partition?.End(why);
        return before.Partition;
    }

    private void Add(TopicPartition name, Place place)
    {
        lock (_changing)
        {
            if (_byName.ContainsKey(name))
            {
                throw new InvalidOperationException($"{name} is served already.");
            }

            _partitionsOf.AddOrUpdate(place.TopicId, 1, static (_, count) => count + 1);
            Put(name, place);
        }
    }

    private void Put(TopicPartition name, Place place)
    {
        _byName[name] = place;
        _byId[(place.TopicId, name.Partition)] = place;
    }

    /// <summary>What is known under a name.</summary>
    /// <param name="TopicId">The topic's id.</param>
    /// <param name="Partition">The partition, or null while it is not served.</param>
    /// <param name="Refusal">Why it is not served; None while it is.</param>
    private sealed record Place(Uuid TopicId, Partition? Partition, ErrorCode Refusal);
}
