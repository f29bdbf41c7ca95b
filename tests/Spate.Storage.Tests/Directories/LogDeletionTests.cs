using Microsoft.Extensions.Logging.Abstractions;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Directories;

/// <summary>Many logs deleted at once.</summary>
public sealed class LogDeletionTests
{
    private const int PowerLossSeeds = 6;

    private static readonly Uuid Topic = new(1, 2);
    private static readonly Uuid Another = new(3, 4);
    private static readonly TopicPartition[] Doomed = Names("orders", 7);
    private static readonly TopicPartition[] Others = Names("payments", 2);

    private readonly List<LogDirectoryFailure> _failures = [];

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    public void The_disk_is_waited_for_as_often_for_many_as_for_few(int count)
    {
        var disk = new JournaledFileSystem();
        using var store = Open(disk);
        Make(store, Names("orders", count), Topic);
        var began = disk.Journal.Count;

        store.Delete(Names("orders", count));

        // Of each of the two roots: its names once, and three checkpoints, each a file and the name that it gets.
        Assert.Equal(2 * (1 + (3 * 2)), Flushes(disk, began));
        Assert.Empty(store.All);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(60)]
    public void The_cleaner_forgets_many_with_one_writing_of_its_checkpoint(int count)
    {
        var disk = new JournaledFileSystem();
        using var store = Open(disk);
        Make(store, Names("orders", count), Topic);
        foreach (var directory in store.Directories.All)
        {
            directory.CleanerOffsets.Write([.. store.All.Where(hosted => hosted.Directory == directory).Select(hosted => KeyValuePair.Create(hosted.Partition, 0L))]);
        }

        var cleaner = new LogCleaner(new LogCleanerOptions
        {
            OnFailure = (_, failure) => throw failure,
            Logger = NullLogger.Instance,
        });
        var deleted = store.All;
        store.Delete(Names("orders", count));
        var began = disk.Journal.Count;

        cleaner.Forget(deleted);

        Assert.Equal(2 * 2, Flushes(disk, began));
        Assert.All(store.Directories.All, directory => Assert.Empty(directory.CleanerOffsets.Read().Content));
    }

    [Fact]
    public void A_process_may_die_and_power_be_lost_at_any_point_of_it()
    {
        var disk = new JournaledFileSystem();
        int began, ended;
        using (var store = Open(disk))
        {
            Make(store, [.. Doomed, .. Others], Topic);
            store.CheckpointRecoveryPoints();
            store.CheckpointHighWatermarks();
            began = disk.Journal.Count;
            store.Delete(Doomed);
            ended = disk.Journal.Count;
            Make(store, Doomed, Another);
        }

        for (var point = began; point <= disk.Journal.Count; point++)
        {
            Check(CrashedDisk.AfterProcessCrash(disk.Journal, point), point >= ended, $"the process died after operation {point}");
            for (var seed = 0; seed < PowerLossSeeds; seed++)
            {
                Check(CrashedDisk.AfterPowerLoss(disk.Journal, point, new Random((point * PowerLossSeeds) + seed)), point >= ended, $"power was lost after operation {point}, seed {seed}");
            }
        }
    }

    [Fact]
    public async Task Logs_are_made_and_deleted_while_the_disk_takes_its_time_over_directories_that_are_due()
    {
        var disk = new FaultyFileSystem();
        using var store = Open(disk);
        Make(store, Doomed, Topic);
        store.Delete(Doomed);
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var mayGoOn = new ManualResetEventSlim();
        disk.FailOn = operation =>
        {
            if (operation == "delete directory")
            {
                reached.TrySetResult();
                mayGoOn.Wait();
            }

            return false;
        };
        var deletion = Task.Factory.StartNew(store.DeleteDueDirectories, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            await reached.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await Task.Run(() =>
            {
                Make(store, Doomed, Another);
                store.Delete(Doomed);
            }).WaitAsync(TimeSpan.FromSeconds(30));
        }
        finally
        {
            mayGoOn.Set();
        }

        Assert.Null(await deletion);
        Assert.Empty(disk.ListDirectories("/a").Concat(disk.ListDirectories("/b")));
        Assert.Empty(_failures);
    }

    [Fact]
    public void A_disk_that_cannot_make_the_names_durable_is_offline_with_all_its_logs()
    {
        var disk = new FaultyFileSystem();
        using var store = Open(disk);
        Make(store, [.. Doomed, .. Others], Topic);

        disk.FailOn = operation => operation == "flush directory" && _failures.Count == 0;
        store.Delete(Doomed);

        var failure = Assert.Single(_failures);
        Assert.All(store.All, hosted => Assert.NotSame(failure.Directory, hosted.Directory));
        Assert.All(Doomed, partition => Assert.Null(store.Find(partition)));
    }

    private static TopicPartition[] Names(string topic, int count) => [.. Enumerable.Range(0, count).Select(index => new TopicPartition(topic, index))];

    private static int Flushes(JournaledFileSystem disk, int from) =>
        disk.Journal.Skip(from).Count(operation => operation is DiskOperation.Flush or DiskOperation.FlushDirectory);

    private static void Make(LogStore store, IEnumerable<TopicPartition> names, Uuid topic)
    {
        foreach (var name in names)
        {
            var log = store.GetOrCreate(name, topic, new LogConfig { FileDeleteDelayMs = 0 })!.Log;
            Assert.Equal(LogAppendError.None, log.AppendAsLeader(TestBatches.Of(TestBatches.Epoch2027, "a", "b"), 0, new LogAppendRequest()).Error);
            log.Flush(log.LogEndOffset);
            log.UpdateHighWatermark(2);
        }
    }

    private void Check(MemoryFileSystem disk, bool wasDeleted, string crash)
    {
        using (var store = Open(disk, seed: 5))
        {
            Assert.True(_failures.Count == 0, $"A root went offline when {crash}.");
            Assert.All(Others, name => Assert.True(store.Find(name) is { Log.LogEndOffset: 2 } other && other.TopicId == Topic, $"{name} is not whole when {crash}."));
            foreach (var hosted in store.All.Where(hosted => hosted.Partition.Topic == "orders"))
            {
                Assert.True(!wasDeleted || hosted.TopicId != Topic, $"{hosted.Partition} has come back when {crash}.");
                Assert.True(hosted.TopicId != Topic || hosted.Log.LogEndOffset == 2, $"{hosted.Partition} is there in part when {crash}.");
            }

            // Whatever is left goes, and what is made anew has nothing of it.
            store.Delete(Doomed);
            Assert.All(Doomed, name => Assert.Equal(
                (0L, 0L, 0L), store.GetOrCreate(name, Another, new LogConfig()) is { Log: var log } ? (log.LogStartOffset, log.LogEndOffset, log.HighWatermark) : default));
        }

        Assert.True(_failures.Count == 0, $"A root went offline after {crash}.");
        using var again = Open(disk, seed: 6);
        Assert.All(Doomed, name =>
        {
            var anew = again.Find(name)!;
            var found = (anew.TopicId, anew.Log.LogStartOffset, anew.Log.LogEndOffset, anew.Log.HighWatermark);
            Assert.True(found == (Another, 0, 0, 0), $"{name} has {found} when {crash}.");
        });
    }

    private LogStore Open(IFileSystem disk, int seed = 4) => LogStore.Open(new LogStoreOptions
    {
        Directories = LogDirectories.Open(new LogDirectoriesOptions
        {
            Files = disk,
            Paths = ["/a", "/b"],
            ClusterId = "cluster",
            NodeId = 1,
            Random = new Random(3),
            Logger = NullLogger.Instance,
            OnFailure = _failures.Add,
        }),
        Files = new FilePool(disk),
        ConfigOf = _ => new LogConfig(),
        Random = new Random(seed),
        Logger = NullLogger.Instance,
    });
}
