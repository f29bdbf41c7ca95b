using Microsoft.Extensions.Logging.Abstractions;
using Spate.Protocol;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Directories;

/// <summary>Many logs made at once.</summary>
public sealed class LogCreationTests
{
    private const int PowerLossSeeds = 6;

    private static readonly Uuid Topic = new(1, 2);
    private static readonly NewLog[] Wanted = [.. Enumerable.Range(0, 7).Select(index => new NewLog(new TopicPartition("orders", index), Topic, new LogConfig()))];

    private readonly List<LogDirectoryFailure> _failures = [];

    [Fact]
    public void Those_that_are_missing_are_made_with_their_topics_id_and_spread_over_the_roots()
    {
        var disk = new MemoryFileSystem();
        using (var store = Open(disk))
        {
            var known = store.GetOrCreate(Wanted[3].Partition, Topic, new LogConfig());

            store.CreateMissing(Wanted);

            Assert.Same(known, store.Find(Wanted[3].Partition));
            Assert.Equal(Wanted.Select(log => log.Partition), store.All.Select(hosted => hosted.Partition).OrderBy(partition => partition.Partition));
            Assert.All(store.All, hosted => Assert.Equal(Topic, PartitionMetadata.Read(disk, hosted.Log.Directory).Content));
            Assert.Equal([3, 4], store.Directories.All.Select(store.Directories.CountIn).Order());
            Append(store);
        }

        using var again = Open(disk);
        Assert.All(Wanted, log => Assert.Equal((Topic, 1L), (again.Find(log.Partition)!.TopicId, again.Find(log.Partition)!.Log.LogEndOffset)));
        Assert.Empty(_failures);
    }

    [Fact]
    public void Logs_of_a_root_whose_disk_fails_find_a_place_in_another()
    {
        var disk = new FaultyFileSystem();
        using var store = Open(disk);
        var created = 0;

        // The first root is in the middle of its logs then.
        disk.FailOn = operation => operation == "create" && Interlocked.Increment(ref created) == 6;
        store.CreateMissing(Wanted);

        Assert.Equal(["/a"], _failures.Select(failure => failure.Directory.Path));
        Assert.Empty(_failures[0].Partitions);
        Assert.All(store.All, hosted => Assert.Equal("/b", hosted.Directory.Path));
        Assert.All(Wanted, log => Assert.Equal("/b", store.GetOrCreate(log.Partition, Topic, log.Config)!.Directory.Path));
        Append(store);
    }

    [Fact]
    public void A_process_may_die_and_power_be_lost_at_any_point_of_it()
    {
        var disk = new JournaledFileSystem();
        int began, ended;
        using (var store = Open(disk, atOnce: 1))
        {
            began = disk.Journal.Count;
            store.CreateMissing(Wanted);
            ended = disk.Journal.Count;

            // The disk is waited for twice for each log, and once for each root.
            Assert.Equal((2 * Wanted.Length) + 2, disk.Journal.Skip(began).Count(operation => operation is DiskOperation.Flush or DiskOperation.FlushDirectory));
            Append(store);
            foreach (var hosted in store.All)
            {
                hosted.Log.Flush(hosted.Log.LogEndOffset);
            }
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

    private void Check(MemoryFileSystem disk, bool wasMade, string crash)
    {
        using (var store = Open(disk))
        {
            Assert.True(_failures.Count == 0, $"A root went offline when {crash}.");
            foreach (var hosted in store.All)
            {
                // A log without an id takes that of the topic that asks for it, and must hold nothing of another's until then.
                Assert.True(hosted.TopicId == Topic || (hosted.TopicId.IsZero && hosted.Log.LogEndOffset == 0), $"{hosted.Partition} is of topic {hosted.TopicId} and has {hosted.Log.LogEndOffset} records when {crash}.");
            }

            Assert.True(!wasMade || store.All.Count(hosted => hosted.TopicId == Topic) == Wanted.Length, $"{store.All.Count} logs are there when {crash}.");
            store.CreateMissing(Wanted);
            Assert.All(Wanted, log => Assert.NotNull(store.GetOrCreate(log.Partition, Topic, log.Config)));
            Append(store);
        }

        using var again = Open(disk);
        Assert.All(Wanted, log => Assert.Equal(Topic, again.Find(log.Partition)!.TopicId));
    }

    private static void Append(LogStore store)
    {
        foreach (var hosted in store.All)
        {
            Assert.Equal(LogAppendError.None, hosted.Log.AppendAsLeader(TestBatches.Of(TestBatches.Epoch2027, "a"), 0, new LogAppendRequest()).Error);
        }
    }

    private LogStore Open(IFileSystem disk, int atOnce = 3) => LogStore.Open(new LogStoreOptions
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
        Random = new Random(4),
        Logger = NullLogger.Instance,
        LogsMadeAtOnce = atOnce,
    });
}
