using System.Runtime.InteropServices;
using Spate.Protocol.Messages;

namespace Spate.Broker.Fetching;

/// <summary>
/// The partitions of one fetch, or of one session over all its fetches. Those that may have something for the client are active and looked at
/// each time, in turn; the others watch their partition and become active when it changes, so that a session costs what moves and not what it
/// spans. One request at a time uses it; changes may be told by any thread.
/// </summary>
internal sealed class FetchedPartitions : IDisposable
{
    private readonly Dictionary<FetchKey, FetchedPartition> _byKey;
    private readonly Lock _lock = new();
    private FetchedPartition? _last;
    private FetchedPartition? _firstChanged;
    private FetchedPartition? _lastChanged;
    private FetchWait? _wait;
    private bool _disposed;

    private FetchedPartitions(int capacity) => _byKey = new Dictionary<FetchKey, FetchedPartition>(capacity);

    /// <summary>The first of those to look at; the others follow by their links.</summary>
    public FetchedPartition? First { get; private set; }

    public int Count => _byKey.Count;

    /// <summary>All that a request names, in its order. What is named twice counts once, as it was asked for last.</summary>
    public static FetchedPartitions Of(List<FetchRequest.FetchTopic> topics)
    {
        var count = 0;
        foreach (var topic in topics)
        {
            count += topic.Partitions.Count;
        }

        var partitions = new FetchedPartitions(count);
        partitions.Update(topics);
        return partitions;
    }

    /// <summary>Adds what is new and takes over what is asked for otherwise than before.</summary>
    public void Update(List<FetchRequest.FetchTopic> topics)
    {
        foreach (var topic in topics)
        {
            foreach (var asked in topic.Partitions)
            {
                var key = new FetchKey(topic.Topic, topic.TopicId, asked.Partition);
                ref var partition = ref CollectionsMarshal.GetValueRefOrAddDefault(_byKey, key, out _);
                partition ??= new FetchedPartition(this, key);
                partition.Ask(asked);
                Activate(partition);
            }
        }
    }

    /// <summary>Lets go of partitions; those that are not there are passed over.</summary>
    public void Forget(List<FetchRequest.ForgottenTopic> topics)
    {
        foreach (var topic in topics)
        {
            foreach (var index in topic.Partitions)
            {
                if (_byKey.Remove(new FetchKey(topic.Topic, topic.TopicId, index), out var partition))
                {
                    partition.Unwatch();
                    Deactivate(partition);
                }
            }
        }
    }

    /// <summary>Makes those active that have changed since it was asked last.</summary>
    public void TakeChanges()
    {
        FetchedPartition? changed;
        lock (_lock)
        {
            changed = _firstChanged;
            _firstChanged = _lastChanged = null;
            for (var partition = changed; partition is not null; partition = partition.NextChanged)
            {
                partition.HasChanged = false;
            }
        }

        while (changed is not null)
        {
            var next = changed.NextChanged;
            changed.NextChanged = null;

            // One that was forgotten may have been told of a change on its way out.
            if (_byKey.TryGetValue(changed.Key, out var known) && ReferenceEquals(known, changed))
            {
                Activate(changed);
            }

            changed = next;
        }
    }

    /// <summary>Gives the other partitions the first turn the next time.</summary>
    public void MoveToEnd(FetchedPartition partition)
    {
        Deactivate(partition);
        Activate(partition);
    }

    /// <summary>Leaves a partition out until it changes.</summary>
    public void Deactivate(FetchedPartition partition)
    {
        if (!partition.IsActive)
        {
            return;
        }

        var (previous, next) = (partition.Previous, partition.Next);
        if (previous is null)
        {
            First = next;
        }
        else
        {
            previous.Next = next;
        }

        if (next is null)
        {
            _last = previous;
        }
        else
        {
            next.Previous = previous;
        }

        (partition.IsActive, partition.Previous, partition.Next) = (false, null, null);
    }

    /// <summary>Has a wait woken by changes from now on, or none.</summary>
    public void WakeOnChange(FetchWait? wait)
    {
        lock (_lock)
        {
            _wait = wait;
        }
    }

    /// <summary>Called when a partition that was watched has changed.</summary>
    public void Changed(FetchedPartition partition)
    {
        lock (_lock)
        {
            if (partition.HasChanged || _disposed)
            {
                return;
            }

            partition.HasChanged = true;
            if (_lastChanged is null)
            {
                _firstChanged = partition;
            }
            else
            {
                _lastChanged.NextChanged = partition;
            }

            _lastChanged = partition;
            _wait?.Wake();
        }
    }

    /// <summary>Nothing is watched any more.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
        }

        foreach (var partition in _byKey.Values)
        {
            partition.Unwatch();
        }
    }

    private void Activate(FetchedPartition partition)
    {
        if (partition.IsActive)
        {
            return;
        }

        partition.IsActive = true;
        partition.Previous = _last;
        if (_last is null)
        {
            First = partition;
        }
        else
        {
            _last.Next = partition;
        }

        _last = partition;
    }
}
