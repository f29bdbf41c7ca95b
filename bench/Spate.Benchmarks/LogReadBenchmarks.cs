using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Storage;

namespace Spate.Benchmarks;

/// <summary>Reads a warm log of 64 MiB from front to back and again, 1 MiB at a time, into one buffer: the search and the copy.</summary>
[MemoryDiagnoser]
public class LogReadBenchmarks : IDisposable
{
    private const int BatchBytes = 64 << 10;
    private const int RecordBytes = 1 << 10;
    private const int ReadBytes = 1 << 20;
    private const int BatchesPerRead = ReadBytes / BatchBytes;
    private const int Reads = 64;

    private readonly byte[] _buffer = new byte[ReadBytes];
    private ScratchDisk _disk = null!;
    private PartitionLog _log = null!;
    private long _offsetsPerRead;
    private int _next;

    [ParamsAllValues]
    public DiskKind Disk { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _disk = new ScratchDisk(Disk);
        _log = _disk.OpenLog();
        var batch = new ProducedBatch(BatchBytes, RecordBytes);

        // One read more than there are starts: a batch is a little smaller than its limit, and the last read must be whole as well.
        for (var count = 0; count < (Reads + 1) * BatchesPerRead; count++)
        {
            _offsetsPerRead = BatchesPerRead * ((batch.AppendTo(_log) + 1) / (count + 1));
        }
    }

    [Benchmark]
    public int Read()
    {
        _next = (_next + 1) % Reads;
        using var records = _log.Read(_next * _offsetsPerRead, ReadBytes, FetchBound.LogEnd, atLeastOneBatch: true).Records;
        var read = records.Read(0, _buffer);
        return read == ReadBytes ? read : throw new InvalidOperationException($"{read} bytes were read, not {ReadBytes}.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _log.Delete();
        _disk.Dispose();
        GC.SuppressFinalize(this);
    }
}
