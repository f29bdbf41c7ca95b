using Spate.Metadata.Images;
using Spate.Metadata.Log;

namespace Spate.Metadata.Tests.Control;

/// <summary>A log of decisions in memory, which a test may make fail or hold up.</summary>
internal sealed class MemoryMetadataLog : IMetadataLog
{
    private readonly List<MetadataBatch> _batches = [];
    private int _appending;

    /// <summary>The next appends throw this.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Appends wait for this before they are committed.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>Told before each append how many batches there are; may throw.</summary>
    public Func<int, int> OnAppend { get; set; } = static _ => 0;

    public int BatchBytesMax { get; set; } = 1 << 20;

    public int LeaderEpoch { get; set; } = 1;

    /// <summary>Records that were committed.</summary>
    public int Count => _batches.Sum(batch => batch.Values.Count);

    public IReadOnlyList<MetadataBatch> Batches => _batches;

    public MetadataSnapshot? Snapshot { get; private set; }

    /// <summary>Snapshots that were written.</summary>
    public int SnapshotCount { get; private set; }

    /// <summary>Told before a snapshot is written.</summary>
    public Action OnSnapshot { get; set; } = static () => { };

    public async ValueTask<MetadataPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        Assert.Equal(1, Interlocked.Increment(ref _appending));
        try
        {
            await Gate;
            if (Failure is not null)
            {
                throw Failure;
            }

            OnAppend(_batches.Count);
            var start = _batches.Count == 0 ? 0 : _batches[^1].End.EndOffset;
            var end = new MetadataPosition(start + values.Count, LeaderEpoch);
            _batches.Add(new MetadataBatch(start, end, 0, values.Sum(value => value.Length), [.. values.Select(value => (ReadOnlyMemory<byte>)value.ToArray())]));
            return end;
        }
        finally
        {
            Interlocked.Decrement(ref _appending);
        }
    }

    public IEnumerable<MetadataBatch> ReadCommitted(long fromOffset) => _batches.Where(batch => batch.BaseOffset >= fromOffset);

    public MetadataSnapshot? LatestSnapshot() => Snapshot;

    public void WriteSnapshot(MetadataPosition position, long timestamp, IEnumerable<ReadOnlyMemory<byte>> values)
    {
        OnSnapshot();
        var copies = values.Select(value => (ReadOnlyMemory<byte>)value.ToArray()).ToList();
        Snapshot = new MetadataSnapshot(position, [new MetadataBatch(0, new MetadataPosition(copies.Count, position.Epoch), timestamp, 0, copies)]);
        SnapshotCount++;
    }
}
