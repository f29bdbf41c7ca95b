using Microsoft.Extensions.Time.Testing;
using Spate.Protocol;
using Spate.Protocol.Records;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Directories;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

/// <summary>A compacted log in a root of its own, and a cleaner that does nothing by itself.</summary>
internal sealed class CleanerHarness : IDisposable
{
    public static readonly LogConfig Compacted = new()
    {
        IsCompacted = true,
        DeletesOldSegments = false,
        MinCleanableDirtyRatio = 0,
        SegmentBytes = 1 << 20,
        IndexIntervalBytes = 128,
        DeleteRetentionMs = 60_000,
        FileDeleteDelayMs = 1000,
    };

    private readonly Lazy<LogCleaner> _cleaner;
    private int _leaderEpoch;

    public CleanerHarness(LogConfig? config = null, IFileSystem? disk = null, string root = LogHarness.Root, LogCleanerOptions? options = null)
    {
        Logs = new LogHarness(disk, root: root) { Config = config ?? Compacted };
        Directory = LogDirectory.Open(Logs.Disk, root, "cluster", 1, new Random(1));
        Options = options ?? new LogCleanerOptions { OnFailure = (_, _) => { } };
        Options = Options with { Time = Time, Logger = Logger, OnFailure = (_, failure) => Failures.Add(failure) };
        _cleaner = new Lazy<LogCleaner>(() => new LogCleaner(Options));
    }

    public LogHarness Logs { get; }

    public LogCleanerOptions Options { get; set; }

    public PartitionLog Log => Logs.Log;

    public LogDirectory Directory { get; }

    public LogCleaner Cleaner => _cleaner.Value;

    public CollectingLogger Logger { get; } = new();

    public List<Exception> Failures { get; } = [];

    public FakeTimeProvider Time => Logs.Time;

    public HostedLog Hosted => new(new TopicPartition("orders", 0), Log, Directory, Uuid.Zero);

    public long Now => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public static CleanerHarness Opened(LogConfig? config = null, LogCleanerOptions? options = null)
    {
        var harness = new CleanerHarness(config, options: options);
        harness.Logs.Open();
        return harness;
    }

    /// <summary>Appends records as a plain producer does.</summary>
    public LogAppendResult Append(params ReadOnlySpan<KeyedRecord> records) => Append(RecordBatchOptions.Default, records);

    public LogAppendResult Append(RecordBatchOptions options, params ReadOnlySpan<KeyedRecord> records)
    {
        var result = Logs.Append(KeyedBatches.Of(options, Now, records), _leaderEpoch);
        Assert.Equal(LogAppendError.None, result.Error);
        return result;
    }

    public LogAppendResult AppendTransactional(long producerId, int sequence, params ReadOnlySpan<KeyedRecord> records) =>
        Append(
            new RecordBatchOptions { ProducerId = producerId, ProducerEpoch = 0, BaseSequence = sequence, IsTransactional = true }, records);

    public LogAppendResult EndTransaction(long producerId, bool commit)
    {
        var result = Logs.AppendMarker(producerId, 0, commit, _leaderEpoch);
        Assert.Equal(LogAppendError.None, result.Error);
        return result;
    }

    public void NextEpoch() => _leaderEpoch++;

    /// <summary>Closes the active segment and begins another with a record, so that everything before can be cleaned.</summary>
    public void Roll()
    {
        Log.Roll();
        Logs.Flushes.RunAll();
        Append(("active", "x"));
    }

    /// <summary>Cleans once; nothing makes it wait.</summary>
    public CleaningResult? Clean()
    {
        var cleaning = Cleaner.CleanOnceAsync([Hosted], CancellationToken.None);
        Assert.True(cleaning.IsCompleted, "The cleaner waits for something.");
        var result = cleaning.Result;
        Assert.Empty(Failures);
        return result;
    }

    /// <summary>Cleans everything that has been appended so far.</summary>
    public CleaningResult RollAndClean()
    {
        Roll();
        var result = Clean();
        Assert.NotNull(result);
        return result;
    }

    public void Pass(TimeSpan time) => Time.Advance(time);

    /// <summary>The keys and values in the log, the last one left out, which <see cref="Roll"/> wrote.</summary>
    public IEnumerable<(string? Key, string? Value)> Records() =>
        LogContent.ReadAll(Log).Where(record => !record.IsControl && record.Key != "active").Select(record => (record.Key, record.Value));

    public void Dispose()
    {
        Logs.Dispose();
        Directory.Dispose();
    }
}
