using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Storage;

namespace Spate.Benchmarks;

/// <summary>
/// Finds offsets by the index of a segment of 8704 batches of about 4 KiB, all but the first with an entry, in random order: a read of no
/// bytes, which is the search in the index, the headers from the entry to the batch that is found, and the lease of the file for the reader.
/// </summary>
[MemoryDiagnoser]
public class OffsetLookupBenchmarks : IDisposable
{
    private const int Seed = 20_261_123;
    private const int RecordBytes = 1 << 10;
    private const int BatchBytes = 4500;
    private const int Lookups = 4096;

    // Entries are written to the index file 1024 at a time: these stand there, and the newest 512 only in memory.
    private const int StoredEntries = 8 * 1024;
    private const int NewestEntries = 512;

    private readonly long[] _stored = new long[Lookups];
    private readonly long[] _newest = new long[Lookups];
    private ScratchDisk _disk = null!;
    private PartitionLog _log = null!;
    private int _next;

    [ParamsAllValues]
    public DiskKind Disk { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _disk = new ScratchDisk(Disk);
        _log = _disk.OpenLog();
        var batch = new ProducedBatch(BatchBytes, RecordBytes);
        var recordsPerBatch = batch.AppendTo(_log) + 1;
        for (var count = 1; count < StoredEntries + NewestEntries; count++)
        {
            batch.AppendTo(_log);
        }

        var random = new Random(Seed);
        for (var index = 0; index < Lookups; index++)
        {
            // The second record of a batch, because where batches begin is remembered for the last few of them. Its entry is that of the
            // batch before, and the very first batch has none.
            _stored[index] = (random.Next(StoredEntries) * recordsPerBatch) + 1;
            _newest[index] = (random.Next(StoredEntries + 2, StoredEntries + NewestEntries) * recordsPerBatch) + 1;
        }
    }

    /// <summary>By entries that are searched for in the index file.</summary>
    [Benchmark]
    public long InFile() => Find(_stored);

    /// <summary>By entries that are still in memory.</summary>
    [Benchmark]
    public long InMemory() => Find(_newest);

    [GlobalCleanup]
    public void Dispose()
    {
        _log.Delete();
        _disk.Dispose();
        GC.SuppressFinalize(this);
    }

    private long Find(long[] offsets)
    {
        _next = (_next + 1) % Lookups;
        var result = _log.Read(offsets[_next], maxBytes: 0, FetchBound.LogEnd, atLeastOneBatch: false);
        result.Records.Dispose();
        return result.IsOutOfRange ? throw new InvalidOperationException("The log has lost an offset.") : result.LogEndOffset;
    }
}
