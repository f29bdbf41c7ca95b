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
    private readonly Dictionary<TopicPartition, Stretch> _stretches = [];
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

    /// <summary>How many offsets there are from where reading began to the ends, and how many of them are behind it; of partitions of which it is known where it began.</summary>
    public (long Done, long Total) Offsets
    {
        get
        {
            lock (_gate)
            {
                var known = _stretches.Values.Where(static stretch => stretch.Next is not null).ToList();
                return (known.Sum(static stretch => Math.Min(stretch.Next!.Value, stretch.End) - stretch.Begin), known.Sum(static stretch => stretch.End - stretch.Begin));
            }
        }
    }

    /// <summary>These partitions are read too, up to here.</summary>
    /// <param name="partitions">Each with where it is read from, null where that is not known yet, and to.</param>
    public void Add(IEnumerable<(TopicPartition Partition, long? Begin, long End)> partitions)
    {
        lock (_gate)
        {
            _hasBegun = true;
            foreach (var (partition, begin, end) in partitions)
            {
                _stretches[partition] = new Stretch { Begin = begin ?? 0, Next = begin, End = end };
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
                _stretches.Remove(partition);
                _open.Remove(partition);
            }
        }
    }

    /// <summary>Whether a record was there at the beginning.</summary>
    public bool Includes(TopicPartition partition, long offset)
    {
        lock (_gate)
        {
            if (!_stretches.TryGetValue(partition, out var stretch))
            {
                return true;
            }

            stretch.Reach(offset, offset + 1);
            if (offset + 1 >= stretch.End)
            {
                _open.Remove(partition);
            }

            return offset < stretch.End;
        }
    }

    /// <summary>Looks how far the consumer has got where no record comes: what lies before an end need not be records.</summary>
    public void Look(Consumer consumer)
    {
        lock (_gate)
        {
            _open.RemoveWhere(partition =>
            {
                var stretch = _stretches[partition];
                if (PositionOf(consumer, partition) is not { } position)
                {
                    return false;
                }

                stretch.Reach(position, position);
                return position >= stretch.End;
            });
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

    /// <summary>What of a partition is read.</summary>
    private sealed class Stretch
    {
        public long Begin { get; set; }

        /// <summary>What is read next; null while it is not known where reading begins.</summary>
        public long? Next { get; set; }

        public required long End { get; init; }

        public void Reach(long seen, long next)
        {
            if (Next is null)
            {
                Begin = Math.Min(seen, End);
            }

            Next = next;
        }
    }
}
