using Microsoft.Extensions.Time.Testing;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Moves;
using Spate.Storage.Tests.Directories;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Moves;

/// <summary>A store over three roots, in which one partition's log moves step by step, on the test's thread.</summary>
internal sealed class MoveHarness : IDisposable
{
    public static readonly TopicPartition Partition = new("orders", 0);
    public static readonly Uuid Topic = new(1, 2);

    public MoveHarness(IFileSystem? disk = null, LogConfig? config = null, IReadOnlyList<string>? roots = null)
    {
        Disk = disk ?? new MemoryFileSystem(time: Time);
        Config = config ?? new LogConfig { SegmentBytes = 600, IndexIntervalBytes = 150, RetentionMs = -1 };
        Directories = LogDirectories.Open(new LogDirectoriesOptions
        {
            Files = Disk,
            Paths = roots ?? ["/a", "/b", "/c"],
            ClusterId = "cluster",
            NodeId = 1,
            Random = new Random(3),
            Logger = Logger,
            OnFailure = Failures.Add,
        });
        Store = LogStore.Open(new LogStoreOptions
        {
            Directories = Directories,
            Files = new FilePool(Disk),
            ConfigOf = _ => Config,
            Random = new Random(4),
            Logger = Logger,
            Time = Time,
            FlushScheduler = Flushes,
        });
    }

    public IFileSystem Disk { get; }

    public LogConfig Config { get; }

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.FromUnixTimeMilliseconds(TestBatches.Epoch2027));

    public ManualScheduler Flushes { get; } = new();

    public CollectingLogger Logger { get; } = new();

    public List<LogDirectoryFailure> Failures { get; } = [];

    public LogDirectories Directories { get; }

    public LogStore Store { get; }

    public PartitionLog Log => Store.Find(Partition)!.Log;

    public HostedLog Create() => Store.GetOrCreate(Partition, Topic, Config)!;

    /// <summary>The root of that path.</summary>
    public LogDirectory Root(string path) => Directories.All.Single(directory => directory.Path == Path.GetFullPath(path));

    public void Append(params ReadOnlySpan<string> values) => Append(TestBatches.Of(TestBatches.Epoch2027, values));

    /// <summary>Appends as a leader of an epoch, or of the last one that there was.</summary>
    public void Append(byte[] batch, int? leaderEpoch = null)
    {
        var log = Log;
        var result = log.AppendAsLeader(batch, leaderEpoch ?? (log.LeaderEpochs.Count > 0 ? log.LeaderEpochs[^1].Epoch : 0), new LogAppendRequest());
        Assert.Equal(LogAppendError.None, result.Error);
        log.UpdateHighWatermark(log.LogEndOffset);
    }

    public LogMove Begin(string root)
    {
        var current = Store.Find(Partition)!;
        var future = Store.CreateFuture(Partition, Root(root));
        Assert.NotNull(future);
        return new LogMove(Store, current, future, new CompactionThrottle(Time, double.MaxValue));
    }

    public HostedLog Move(string root)
    {
        var move = Begin(root);
        while (move.CopySome() > 0)
        {
        }

        var moved = move.TryFinish(static _ => { });
        Assert.NotNull(moved);
        return moved;
    }

    public List<string> Values() => [.. LogHarness.ReadAll(Log, Log.LogStartOffset).Select(record => record.Value)];

    /// <summary>The directories of partitions, without what makes their names unique.</summary>
    public List<string> Names() =>
    [
        .. Directories.All.SelectMany(root => Disk.ListDirectories(root.Path)).Order(StringComparer.Ordinal)
            .Select(path => Path.GetFileName(path) is var name && name.IndexOf('.', StringComparison.Ordinal) is >= 0 and var dot
                ? Path.Combine(Path.GetDirectoryName(path)!, string.Concat(name.AsSpan(0, dot), name.AsSpan(dot + 33)))
                : path),
    ];

    public void Dispose() => Store.Dispose();
}
