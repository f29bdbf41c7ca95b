using System.Text;
using Microsoft.Extensions.Time.Testing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Protocol.Wire;
using Spate.Storage.Files;

namespace Spate.Storage.Tests.Logs;

/// <summary>A log on a disk in memory, with a clock and a flush scheduler that the test moves.</summary>
internal sealed class LogHarness : IDisposable
{
    public const string Root = "/data";

    public LogHarness(IFileSystem? disk = null, int openFiles = 16, string root = Root)
    {
        Disk = disk ?? new MemoryFileSystem(time: Time);
        DirectoryPath = Path.Combine(root, "orders-0");
        Disk.CreateDirectory(root);
        Pool = new FilePool(Disk, openFiles);
    }

    public IFileSystem Disk { get; }

    public FilePool Pool { get; }

    public string DirectoryPath { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(TestBatches.Epoch2027));

    public ManualScheduler Flushes { get; } = new();

    public PartitionLog Log { get; private set; } = null!;

    public LogConfig Config { get; set; } = new() { SegmentBytes = 1 << 20, IndexIntervalBytes = 128 };

    public static LogHarness Opened(LogConfig? config = null)
    {
        var harness = new LogHarness();
        harness.Config = config ?? harness.Config;
        harness.Open();
        return harness;
    }

    public PartitionLog Open(bool clean = false, long recoveryPoint = 0, long logStart = 0) => Log = PartitionLog.Open(new LogOptions
    {
        Directory = DirectoryPath,
        Files = Pool,
        Config = Config,
        StoppedCleanly = clean,
        RecoveryPoint = recoveryPoint,
        LogStartOffset = logStart,
        Time = Time,
        Random = new Random(1),
        FlushScheduler = Flushes,
    });

    public PartitionLog CloseAndOpen()
    {
        Log.Close();
        return Open(clean: true, logStart: Log.LogStartOffset);
    }

    /// <summary>The process dies and starts again.</summary>
    public PartitionLog KillAndOpen(long? recoveryPoint = null)
    {
        Log.Dispose();
        return Open(clean: false, recoveryPoint ?? Log.RecoveryPoint, Log.LogStartOffset);
    }

    public LogAppendResult Append(params ReadOnlySpan<string> values) =>
        Append(TestBatches.Of(Time.GetUtcNow().ToUnixTimeMilliseconds(), values));

    public LogAppendResult Append(byte[] batch, int leaderEpoch = 0)
    {
        var result = Log.AppendAsLeader(batch, leaderEpoch, new LogAppendRequest());
        Log.UpdateHighWatermark(Log.LogEndOffset);
        return result;
    }

    public LogAppendResult AppendMarker(long producerId, short epoch, bool commit, int leaderEpoch = 0)
    {
        var result = Log.AppendAsLeader(
            TestBatches.Marker(producerId, epoch, commit), leaderEpoch, new LogAppendRequest { Origin = AppendOrigin.Coordinator });
        Log.UpdateHighWatermark(Log.LogEndOffset);
        return result;
    }

    public string[] Names() => [.. Disk.ListFiles(DirectoryPath).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public string PathOf(string name) => Path.Combine(DirectoryPath, name);

    public byte[] BytesOf(string name)
    {
        using var file = Disk.Open(PathOf(name), FileOpening.Read);
        var bytes = new byte[file.Length];
        file.Read(bytes, 0);
        return bytes;
    }

    public void Overwrite(string name, byte[] bytes, long position = 0)
    {
        using var file = Disk.Open(PathOf(name), FileOpening.OpenOrCreate);
        file.Write(bytes, position);
    }

    public List<StoredRecord> ReadAll() => ReadAll(Log, Log.LogStartOffset);

    /// <summary>Reads as a follower does: fetch after fetch, whole batches only, each checked.</summary>
    public static List<StoredRecord> ReadAll(PartitionLog log, long from, int maxBytes = 700, FetchBound bound = FetchBound.LogEnd)
    {
        var records = new List<StoredRecord>();
        var offset = from;
        while (true)
        {
            var result = log.Read(offset, maxBytes, bound, atLeastOneBatch: true);
            Assert.False(result.IsOutOfRange, $"Offset {offset} is out of range.");
            using var source = result.Records;
            if (source.Length == 0)
            {
                return records;
            }

            var next = Decode(ToArray(source), offset, records);
            Assert.True(next > offset, $"Reading does not go on behind offset {offset}.");
            offset = next;
        }
    }

    public static byte[] ToArray(IRecordSource source)
    {
        var bytes = new byte[source.Length];
        Assert.Equal(bytes.Length, source.Read(0, bytes));
        return bytes;
    }

    public static long Decode(ReadOnlySpan<byte> bytes, long from, List<StoredRecord> records)
    {
        var next = from;
        var batches = new RecordBatchEnumerator(bytes);
        using var scratch = new PooledBuffer();
        while (batches.MoveNext())
        {
            Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batches.Current, out var header));
            Assert.Equal(RecordError.None, RecordBatch.Open(batches.Current, header, 1 << 20, scratch, out var content));
            var walk = new RecordEnumerator(content, header.RecordCount);
            while (walk.MoveNext())
            {
                var offset = header.BaseOffset + walk.OffsetDelta;
                if (offset >= from)
                {
                    var value = header.IsControl ? "marker" : Encoding.UTF8.GetString(walk.Current.Value.Span);
                    records.Add(new StoredRecord(offset, value, header.TimestampOf(walk.TimestampDelta), header.PartitionLeaderEpoch)
                    {
                        IsControl = header.IsControl,
                    });
                }
            }

            Assert.Equal(RecordError.None, walk.Error);
            next = Math.Max(next, header.NextOffset);
        }

        return next;
    }

    public void Dispose() => Log?.Dispose();
}
