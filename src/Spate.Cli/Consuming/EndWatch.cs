using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Consuming;

/// <summary>
/// Knows when everything has been read that was there at the beginning. Safe for use by several threads at once: partitions come and go by the group's will while
/// it is looked whether the ends are reached.
/// </summary>
internal sealed class EndWatch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, long> _ends = [];
    private readonly HashSet<TopicPartition> _open = [];
    private bool _hasBegun;

    /// <summary>Whether there was something to read, and nothing is left of it.</summary>
    public bool IsReached
    {
        get
        {
            lock (_gate)
            {
                return _hasBegun && _open.Count == 0;
            }
        }
    }

    /// <summary>These partitions are read too, up to here.</summary>
    public void Add(IEnumerable<KeyValuePair<TopicPartition, long>> ends)
    {
        lock (_gate)
        {
            _hasBegun = true;
            foreach (var (partition, end) in ends)
            {
                _ends[partition] = end;
                _open.Add(partition);
            }
        }
    }

    /// <summary>These partitions are read by somebody else from now on.</summary>
    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                _ends.Remove(partition);
                _open.Remove(partition);
            }
        }
    }

    /// <summary>Whether a record was there at the beginning.</summary>
    public bool Includes(TopicPartition partition, long offset)
    {
        lock (_gate)
        {
            var isOpen = _ends.TryGetValue(partition, out var end);
            if (isOpen && offset + 1 >= end)
            {
                _open.Remove(partition);
            }

            return !isOpen || offset < end;
        }
    }

    /// <summary>Looks how far the consumer has got where no record comes: what lies before an end need not be records.</summary>
    public void Look(Consumer consumer)
    {
        lock (_gate)
        {
            _open.RemoveWhere(partition => PositionOf(consumer, partition) >= _ends[partition]);
        }
    }

    private static long? PositionOf(Consumer consumer, TopicPartition partition)
    {
        try
        {
            return consumer.Position(partition);
        }
        catch (InvalidOperationException)
        {
            // The group has just taken it away, and is about to say so.
            return null;
        }
    }
}
