using Spate.Cli.Output;
using Spate.Client;
using Spate.Client.Producing;

namespace Spate.Cli.Producing;

/// <summary>What became of the records that were sent. Told by the loop that sends, asked by the verb: safe for both.</summary>
internal sealed class DeliveryTally
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, (long Count, long First, long Last)> _partitions = [];
    private long _delivered;
    private KafkaException? _failure;

    /// <summary>How many were delivered.</summary>
    public long Delivered => Interlocked.Read(ref _delivered);

    /// <summary>The first failure; null while there is none.</summary>
    public KafkaException? Failure => Volatile.Read(ref _failure);

    public void Add(DeliveryReport report)
    {
        if (report.Error is not null)
        {
            Interlocked.CompareExchange(ref _failure, report.Error, null);
            return;
        }

        Interlocked.Increment(ref _delivered);
        lock (_gate)
        {
            var (partition, offset) = (report.Record.Partition.Partition, report.Record.Offset);
            _partitions[partition] = _partitions.TryGetValue(partition, out var known)
                ? (known.Count + 1, Math.Min(known.First, offset), Math.Max(known.Last, offset))
                : (1, offset, offset);
        }
    }

    /// <summary>Where the records went.</summary>
    public Listing ToListing(string topic)
    {
        var listing = new Listing("delivered", new Column("topic"), new Column("partition"), new Column("records"), new Column("firstOffset"), new Column("lastOffset"));
        lock (_gate)
        {
            foreach (var (partition, (count, first, last)) in _partitions)
            {
                listing.Add(topic, partition, count, first < 0 ? null : first, last < 0 ? null : last);
            }
        }

        return listing;
    }
}
