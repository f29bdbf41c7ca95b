using System.Collections.Concurrent;
using Spate.Broker.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;

namespace Spate.Broker.Shares.Partitions;

/// <summary>
/// The partitions that this node leads, as share groups read them. Each is taken over when a member of its group first fetches from it, and let go of when the
/// partition is no longer led in the same epoch, or when what is kept of it has changed elsewhere. Safe for use by several threads at once.
/// </summary>
internal sealed class SharedPartitions(SharedParts parts)
{
    private readonly ConcurrentDictionary<SharePartitionKey, Place> _places = new();
    private readonly ShareLoading _loading = new(parts);
    private readonly SharedParts _parts = parts;

    /// <summary>Those that are served.</summary>
    public IEnumerable<SharedPartition> All => _places.Values.Select(static place => place.Served).OfType<SharedPartition>();

    /// <summary>How many are being read or served.</summary>
    public int Count => _places.Count;

    /// <summary>The partition as a group reads it; null while nobody of the group has fetched from it.</summary>
    public SharedPartition? Find(SharePartitionKey key) => _places.TryGetValue(key, out var place) ? place.Served : null;

    /// <summary>The same, taken over if it was not.</summary>
    /// <returns>Errors are those of <see cref="ShareStateAccess.ReadAsync"/>.</returns>
    public async ValueTask<(ErrorCode Error, SharedPartition? Shared)> OpenAsync(string groupId, Partition partition)
    {
        var key = new SharePartitionKey(groupId, partition.TopicId, partition.Name.Partition);
        while (true)
        {
            var place = _places.GetOrAdd(key, static (_, arguments) => new Place(arguments.partition, arguments.self), (partition, self: this));
            if (place.Partition == partition)
            {
                return await place.OpenAsync(key);
            }

            // Led in another epoch by now.
            Remove(key, place, ErrorCode.NotLeaderOrFollower);
        }
    }

    /// <summary>Lets go of a partition that is not led any more.</summary>
    public void Close(Partition partition)
    {
        foreach (var (key, place) in _places)
        {
            if (place.Partition == partition)
            {
                Remove(key, place, ErrorCode.NotLeaderOrFollower);
            }
        }
    }

    /// <summary>What is kept of a partition has been begun anew or deleted: it is read again when somebody fetches.</summary>
    public void Forget(SharePartitionKey key)
    {
        if (_places.TryGetValue(key, out var place))
        {
            Remove(key, place, ErrorCode.NotLeaderOrFollower);
        }
    }

    /// <summary>Lets go of all.</summary>
    public void CloseAll()
    {
        foreach (var (key, place) in _places)
        {
            Remove(key, place, ErrorCode.NotLeaderOrFollower);
        }
    }

    private void Remove(SharePartitionKey key, Place place, ErrorCode why)
    {
        _places.TryRemove(KeyValuePair.Create(key, place));
        place.End(why);
    }

    /// <summary>One that is being read, or served.</summary>
    private sealed class Place(Partition partition, SharedPartitions owner)
    {
        private readonly Lock _lock = new();
        private Task<(ErrorCode, SharedPartition?)>? _opening;
        private ErrorCode? _ended;

        public Partition Partition { get; } = partition;

        public SharedPartition? Served { get; private set; }

        public ValueTask<(ErrorCode, SharedPartition?)> OpenAsync(SharePartitionKey key)
        {
            lock (_lock)
            {
                return Served is { } served ? new((ErrorCode.None, served)) : new(_opening ??= LoadAsync(key));
            }
        }

        public void End(ErrorCode why)
        {
            lock (_lock)
            {
                _ended ??= why;
            }

            Served?.End(why);
        }

        private async Task<(ErrorCode, SharedPartition?)> LoadAsync(SharePartitionKey key)
        {
            await Task.Yield();
            var began = owner._parts.Metrics.Now;
            var (error, deliveries, stateEpoch) = await owner._loading.LoadAsync(key, Partition);
            lock (_lock)
            {
                error = error == ErrorCode.None ? _ended ?? error : error;
                if (error == ErrorCode.None)
                {
                    Served = new SharedPartition(key, Partition, deliveries!, stateEpoch, owner._parts) { Ended = _ => owner.Remove(key, this, ErrorCode.NotLeaderOrFollower) };
                }
            }

            if (error != ErrorCode.None)
            {
                owner.Remove(key, this, error);
            }
            else
            {
                owner._parts.Metrics.PartitionLoaded(began);
            }

            return (error, Served);
        }
    }
}
