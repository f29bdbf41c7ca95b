using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Storage;

namespace Spate.Benchmarks;

/// <summary>
/// Appends batches of 64 KiB, validation included, to a log that is made anew for each iteration, so that no log grows without end. A
/// disk in memory needs a new page for every batch, which is what it allocates.
/// </summary>
/// <remarks>An iteration is one invocation here and short; it takes more of them to get past the compiler's first tiers and to a mean.</remarks>
[MemoryDiagnoser]
[WarmupCount(12)]
[IterationCount(12)]
public class LogAppendBenchmarks : IDisposable
{
    private const int BatchBytes = 64 << 10;
    private const int Appends = 2048;

    private ScratchDisk _disk = null!;
    private ProducedBatch _batch = null!;
    private PartitionLog _log = null!;

    [ParamsAllValues]
    public DiskKind Disk { get; set; }

    /// <summary>Bytes of each record's value.</summary>
    [Params(100, 1 << 10)]
    public int RecordBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _disk = new ScratchDisk(Disk);
        _batch = new ProducedBatch(BatchBytes, RecordBytes);
    }

    [IterationSetup]
    public void OpenLog() => _log = _disk.OpenLog();

    [Benchmark(OperationsPerInvoke = Appends)]
    public long Append()
    {
        var last = -1L;
        for (var count = 0; count < Appends; count++)
        {
            last = _batch.AppendTo(_log);
        }

        return last;
    }

    [IterationCleanup]
    public void DeleteLog() => _log.Delete();

    [GlobalCleanup]
    public void Dispose()
    {
        _disk.Dispose();
        GC.SuppressFinalize(this);
    }
}
