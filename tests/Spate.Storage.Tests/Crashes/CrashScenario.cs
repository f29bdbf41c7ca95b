using Spate.Protocol;
using Spate.Protocol.Records;
using Spate.Storage.Checkpoints;
using Spate.Storage.Files;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Crashes;

/// <summary>A life of a log on a disk that keeps a journal, and what the log had to hold after each of its steps.</summary>
internal sealed class CrashScenario : IDisposable
{
    private const string CleanMark = LogHarness.Root + "/clean";

    private static readonly TopicPartition Partition = new("orders", 0);

    private readonly SortedDictionary<long, string> _records = [];
    private readonly Dictionary<long, int> _sequences = [];
    private long _durableEnd;
    private int _nextValue;
    private int _epoch;

    public CrashScenario(LogConfig config)
    {
        Disk = new JournaledFileSystem();
        Harness = new LogHarness(Disk) { Config = config };
        Note("nothing");
        Harness.Open();
        Note("open");
    }

    public JournaledFileSystem Disk { get; }

    public LogHarness Harness { get; }

    public List<CrashModel> Moments { get; } = [];

    /// <summary>Every record that was ever written, wherever it is now.</summary>
    public HashSet<(long Offset, string Value)> Ever { get; } = [];

    private PartitionLog Log => Harness.Log;

    public static LogHarness Reopen(IFileSystem disk, LogConfig config)
    {
        var harness = new LogHarness(disk) { Config = config };
        var start = new OffsetCheckpoint(disk, LogHarness.Root, OffsetCheckpoint.LogStartOffsetsName).Read().Content;
        var recovery = new OffsetCheckpoint(disk, LogHarness.Root, OffsetCheckpoint.RecoveryPointsName).Read().Content;
        harness.Open(disk.FileExists(CleanMark), recovery.GetValueOrDefault(Partition), start.GetValueOrDefault(Partition));
        return harness;
    }

    public void Append(int count, bool durable = false)
    {
        var values = Enumerable.Range(0, count).Select(_ => TestBatches.Value(_nextValue++, 10 + (_nextValue % 40))).ToArray();
        AppendBatch(TestBatches.Of(Now(), values), values, durable);
    }

    public void AppendIdempotent(long producerId, int count)
    {
        var sequence = _sequences.GetValueOrDefault(producerId);
        var values = Enumerable.Range(0, count).Select(_ => TestBatches.Value(_nextValue++)).ToArray();
        _sequences[producerId] = sequence + count;
        AppendBatch(TestBatches.Idempotent(producerId, 0, sequence, values), values, durable: false);
    }

    public void AppendTransaction(long producerId, bool commit)
    {
        var sequence = _sequences.GetValueOrDefault(producerId);
        var value = TestBatches.Value(_nextValue++);
        _sequences[producerId] = sequence + 1;
        AppendBatch(TestBatches.Transactional(producerId, 0, sequence, value), [value], durable: false);
        var marker = Harness.AppendMarker(producerId, 0, commit, _epoch);
        Assert.Equal(LogAppendError.None, marker.Error);
        Remember(marker.FirstOffset, ["marker"], durable: false, "marker");
    }

    public void NextEpoch() => _epoch++;

    public void Roll()
    {
        Log.Roll();
        Note("roll");
        Harness.Flushes.RunAll();
        _durableEnd = Math.Max(_durableEnd, Log.RecoveryPoint);
        Note("roll flushed");
    }

    public void Flush()
    {
        Log.Flush(Log.LogEndOffset);
        _durableEnd = Log.LogEndOffset;
        Note("flush");
    }

    public void Checkpoint()
    {
        WriteCheckpoint(OffsetCheckpoint.RecoveryPointsName, Log.RecoveryPoint);
        Note("checkpoint");
    }

    public void Truncate(long offset)
    {
        Log.TruncateTo(offset);
        WriteCheckpoint(OffsetCheckpoint.RecoveryPointsName, Log.RecoveryPoint);
        foreach (var gone in _records.Keys.Where(key => key >= Log.LogEndOffset).ToArray())
        {
            _records.Remove(gone);
        }

        _durableEnd = Math.Min(_durableEnd, Log.LogEndOffset);
        _sequences.Clear();
        foreach (var producer in Log.DescribeProducers())
        {
            _sequences[producer.ProducerId] = producer.LastSequence + 1;
        }

        Note($"truncate to {offset}");
    }

    public void DeleteRecords(long offset)
    {
        Assert.True(Log.DeleteRecordsBefore(offset));
        WriteCheckpoint(OffsetCheckpoint.LogStartOffsetsName, Log.LogStartOffset);
        Note($"delete records before {offset}");
    }

    public void Retain()
    {
        Log.DeleteOldSegments();
        Note("retention");
        WriteCheckpoint(OffsetCheckpoint.LogStartOffsetsName, Log.LogStartOffset);
        Harness.Time.Advance(TimeSpan.FromMinutes(2));
        Log.DeletePendingFiles();
        Note("files deleted");
    }

    /// <summary>Keeps every third record of the first segments, as a compaction might.</summary>
    public void Replace(int segments)
    {
        Roll();
        var replaced = Log.Segments.Take(segments).ToArray();
        var last = Log.Segments[segments].BaseOffset;

        // In the middle of one of the old segments: it goes only when both new ones are decided.
        var middle = (replaced[0].BaseOffset + last + 1) / 2;
        var replacements = new[] { Log.CreateReplacement(replaced[0].BaseOffset), Log.CreateReplacement(middle) };
        foreach (var record in LogHarness.ReadAll(Log, Log.LogStartOffset).Where(record => record.Offset < last && record.Offset % 3 == 0))
        {
            var options = new RecordBatchOptions { BaseOffset = record.Offset, PartitionLeaderEpoch = record.LeaderEpoch };
            replacements[record.Offset < middle ? 0 : 1].Append(
                TestBatches.With(options, record.Timestamp, record.Value), Harness.Config.IndexIntervalBytes);
        }

        Assert.True(Log.ReplaceSegments(replacements, replaced));
        foreach (var gone in _records.Keys.Where(key => key < last && key % 3 != 0).ToArray())
        {
            _records.Remove(gone);
        }

        _durableEnd = Math.Max(_durableEnd, last);
        Note("replace");
    }

    public void CloseAndOpen()
    {
        Log.Close();
        WriteCheckpoint(OffsetCheckpoint.RecoveryPointsName, Log.LogEndOffset);
        using (Disk.Open(CleanMark, FileOpening.Replace))
        {
            Disk.FlushDirectory(LogHarness.Root);
        }

        _durableEnd = Log.LogEndOffset;
        Note("close");
        Harness.Open(clean: true, logStart: Log.LogStartOffset);
        Disk.DeleteFile(CleanMark);
        Disk.FlushDirectory(LogHarness.Root);
        Note("open after close");
        Log.UpdateHighWatermark(Log.LogEndOffset);
    }

    public void Dispose() => Harness.Dispose();

    private long Now() => Harness.Time.GetUtcNow().ToUnixTimeMilliseconds();

    private void AppendBatch(byte[] batch, string[] values, bool durable)
    {
        Harness.Time.Advance(TimeSpan.FromSeconds(1));
        var result = Harness.Append(batch, _epoch);
        Assert.Equal(LogAppendError.None, result.Error);
        if (durable)
        {
            Assert.True(result.MustFlush);
            var wait = Log.WaitUntilFlushedAsync(result.LastOffset + 1).AsTask();

            // Not promised yet: what is here already counts from when the promise is kept.
            Remember(result.FirstOffset, values, durable: false, "append");
            Harness.Flushes.RunAll();
            Assert.True(wait.IsCompletedSuccessfully && wait.Result);
        }

        Remember(result.FirstOffset, values, durable, durable ? "append durably" : "append");
    }

    private void Remember(long firstOffset, string[] values, bool durable, string step)
    {
        for (var index = 0; index < values.Length; index++)
        {
            _records[firstOffset + index] = values[index];
            Ever.Add((firstOffset + index, values[index]));
        }

        if (durable)
        {
            _durableEnd = firstOffset + values.Length;
        }

        Note($"{step} at {firstOffset}");
    }

    private void WriteCheckpoint(string name, long offset) =>
        new OffsetCheckpoint(Disk, LogHarness.Root, name).Write([new KeyValuePair<TopicPartition, long>(Partition, offset)]);

    private void Note(string step) => Moments.Add(new CrashModel(
        Disk.Journal.Count,
        step,
        _records.Where(record => record.Key >= (Harness.Log?.LogStartOffset ?? 0)).ToDictionary(),
        Harness.Log?.LogStartOffset ?? 0,
        Harness.Log?.LogEndOffset ?? 0,
        _durableEnd));
}
