using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Spate.Protocol;
using Spate.Protocol.Records;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Directories;

public sealed class LogStoreTests : IDisposable
{
    private static readonly Uuid Topic = new(1, 2);
    private static readonly TopicPartition First = new("orders", 0);
    private static readonly TopicPartition Second = new("orders", 1);

    private readonly ScratchDirectory _scratch = new();
    private readonly RefusingFileSystem _files = new();
    private readonly CollectingLogger _logger = new();
    private readonly FakeTimeProvider _time = new();
    private readonly Random _random = new(11);
    private readonly List<LogDirectoryFailure> _failures = [];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_new_log_lies_in_a_directory_of_its_own_with_its_topics_id()
    {
        using var store = Open("a");

        var hosted = store.GetOrCreate(First, Topic, new LogConfig())!;

        Assert.Equal((First, Topic, Path("a/orders-0")), (hosted.Partition, hosted.TopicId, hosted.Log.Directory));
        Assert.Equal(Topic, PartitionMetadata.Read(_files, Path("a/orders-0")).Content);
        Assert.Same(hosted, store.Find(First));
        Assert.Same(hosted, store.GetOrCreate(First, Topic, new LogConfig()));
        Assert.Same(hosted, store.GetOrCreate(First, Uuid.Zero, new LogConfig()));
        Assert.Equal([hosted], store.All);
    }

    [Fact]
    public void After_a_clean_stop_everything_is_as_it_was_and_nothing_is_recovered()
    {
        using (var store = Open("a", "b"))
        {
            Append(store.GetOrCreate(First, Topic, new LogConfig())!.Log, 5);
            Append(store.GetOrCreate(Second, Topic, new LogConfig())!.Log, 7);
            store.Find(First)!.Log.UpdateHighWatermark(4);
            store.Find(Second)!.Log.UpdateHighWatermark(7);
            Assert.True(store.Find(Second)!.Log.DeleteRecordsBefore(3));
            store.Close(brokerEpoch: 9);
        }

        Assert.Equal("{\"version\":0,\"brokerEpoch\":9}", File.ReadAllText(Path("a/.kafka_cleanshutdown")));
        Assert.Equal("0\n1\norders 0 5\n", File.ReadAllText(Path("a/recovery-point-offset-checkpoint")));
        Assert.Equal("0\n1\norders 0 4\n", File.ReadAllText(Path("a/replication-offset-checkpoint")));
        Assert.Equal("0\n1\norders 1 3\n", File.ReadAllText(Path("b/log-start-offset-checkpoint")));

        using var again = Open("a", "b");
        Assert.Equal((0, 5, 4), OffsetsOf(again.Find(First)!.Log));
        Assert.Equal((3, 7, 7), OffsetsOf(again.Find(Second)!.Log));
        Assert.Equal(Topic, again.Find(First)!.TopicId);
        Assert.Equal(Path("b"), again.Find(Second)!.Directory.Path);
        Assert.False(File.Exists(Path("a/.kafka_cleanshutdown")));
        Assert.DoesNotContain(_logger.Lines, line => line.Text.Contains("ecovered", StringComparison.Ordinal));
        Assert.Contains(_logger.Lines, line => line.Text == "Opened 2 logs in 0 ms");
        Assert.Empty(_failures);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("set aside")]
    [InlineData("deleted when the broker was killed")]
    [InlineData("set aside when the broker was killed")]
    public void A_log_made_anew_does_not_find_the_offsets_of_the_one_before_after_a_crash(string how)
    {
        using (var store = Open("a"))
        {
            var log = store.GetOrCreate(First, Topic, new LogConfig())!.Log;
            Append(log, 5);
            log.UpdateHighWatermark(5);
            Assert.True(log.DeleteRecordsBefore(3));
            log.Flush(5);
            store.CheckpointRecoveryPoints();
            store.CheckpointLogStartOffsets();
            store.CheckpointHighWatermarks();
            if (how == "deleted")
            {
                store.Delete([First]);
            }
            else if (how == "set aside")
            {
                store.SetAside(First);
            }
        }

        if (how.EndsWith("killed", StringComparison.Ordinal))
        {
            // The name was left, and what comes after that did not come any more.
            var role = how.StartsWith("deleted", StringComparison.Ordinal) ? PartitionDirectoryRole.Deleted : PartitionDirectoryRole.Stray;
            Directory.Move(Path("a/orders-0"), Path("a/" + PartitionDirectoryName.Create(First, role, new Uuid(5, 5))));
        }

        using (var store = Open("a"))
        {
            var log = store.GetOrCreate(First, new Uuid(3, 4), new LogConfig())!.Log;
            Append(log, 2);
            log.Flush(2);
        }

        using var again = Open("a");
        Assert.Equal((0L, 2L), (again.Find(First)!.Log.LogStartOffset, again.Find(First)!.Log.LogEndOffset));
    }

    [Fact]
    public void After_a_crash_the_logs_are_recovered_though_all_checkpoints_are_gone_or_corrupt()
    {
        using (var store = Open("a"))
        {
            Append(store.GetOrCreate(First, Topic, new LogConfig())!.Log, 5);
            Append(store.GetOrCreate(Second, Topic, new LogConfig())!.Log, 7);
        }

        File.WriteAllText(Path("a/recovery-point-offset-checkpoint"), "0\n1\nhalf a li");
        File.WriteAllText(Path("a/log-start-offset-checkpoint"), "junk");
        using var again = Open("a");

        Assert.Equal((0, 5, 0), OffsetsOf(again.Find(First)!.Log));
        Assert.Equal((0, 7, 0), OffsetsOf(again.Find(Second)!.Log));
        Assert.Contains(_logger.Lines, line => line.Text.Contains("its 2 logs are recovered", StringComparison.Ordinal));
        Assert.Equal(2, _logger.Lines.Count(line => line.Level == LogLevel.Warning && line.Text.Contains("-checkpoint' is corrupt", StringComparison.Ordinal)));
        Assert.Empty(_failures);
    }

    [Fact]
    public void Checkpoints_are_written_when_they_are_asked_for()
    {
        using var store = Open("a");
        var log = store.GetOrCreate(First, Topic, new LogConfig())!.Log;
        Append(log, 5);
        log.UpdateHighWatermark(5);

        store.CheckpointHighWatermarks();
        Assert.Equal("0\n1\norders 0 5\n", File.ReadAllText(Path("a/replication-offset-checkpoint")));
        Assert.False(File.Exists(Path("a/recovery-point-offset-checkpoint")));

        store.CheckpointRecoveryPoints();
        Assert.Equal("0\n1\norders 0 0\n", File.ReadAllText(Path("a/recovery-point-offset-checkpoint")));
        log.Flush(5);
        store.CheckpointRecoveryPoints();
        Assert.Equal("0\n1\norders 0 5\n", File.ReadAllText(Path("a/recovery-point-offset-checkpoint")));

        store.CheckpointLogStartOffsets();
        Assert.Equal("0\n1\norders 0 0\n", File.ReadAllText(Path("a/log-start-offset-checkpoint")));
    }

    [Fact]
    public void A_deleted_log_is_gone_at_once_and_its_files_after_the_delay()
    {
        using var store = Open("a");
        var log = store.GetOrCreate(First, Topic, new LogConfig { FileDeleteDelayMs = 1000 })!.Log;
        Append(log, 5);
        log.UpdateHighWatermark(5);
        store.CheckpointHighWatermarks();

        store.Delete([First, Second]);

        Assert.Null(store.Find(First));
        Assert.Equal("0\n0\n", File.ReadAllText(Path("a/replication-offset-checkpoint")));
        var left = Assert.Single(Directory.GetDirectories(Path("a")));
        Assert.Matches("/orders-0\\.[0-9a-f]{32}-delete$", left);
        Assert.Equal(5, log.LogEndOffset);

        // The name is free again.
        Assert.Equal(0, store.GetOrCreate(First, new Uuid(3, 4), new LogConfig())!.Log.LogEndOffset);

        var due = _time.GetUtcNow().ToUnixTimeMilliseconds() + 1000;
        Assert.Equal(due, store.DeleteDueDirectories());
        Assert.True(Directory.Exists(left));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(store.DeleteDueDirectories());
        Assert.Equal([Path("a/orders-0")], Directory.GetDirectories(Path("a")));
    }

    [Fact]
    public void What_a_stop_leaves_of_a_deletion_is_finished_after_the_next_start()
    {
        using (var store = Open("a"))
        {
            store.GetOrCreate(First, Topic, new LogConfig());
            store.Delete([First]);
            store.Close(-1);
        }

        Assert.Single(Directory.GetDirectories(Path("a")));
        using var again = Open("a");
        Assert.Empty(again.All);
        Assert.Null(again.DeleteDueDirectories());
        Assert.Empty(Directory.GetDirectories(Path("a")));
    }

    [Fact]
    public void A_partition_in_two_roots_stops_the_start_before_anything_is_opened()
    {
        Directory.CreateDirectory(Path("a/orders-0"));
        Directory.CreateDirectory(Path("b/orders-0"));

        var refused = Assert.Throws<LogDirectoryException>(() => Open("a", "b"));

        Assert.Contains("orders-0", refused.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path("a/orders-0")));
        Directory.Delete(Path("b/orders-0"));
        Open("a", "b").Dispose();
    }

    [Fact]
    public void Directories_of_others_are_left_alone()
    {
        foreach (var name in new[] { "lost+found", "__cluster_metadata-0", "t-0.0123456789abcdef0123456789abcdef-stray" })
        {
            Directory.CreateDirectory(Path("a/" + name));
        }

        using var store = Open("a");

        Assert.Empty(store.All);
        Assert.Empty(Directory.GetFiles(Path("a/__cluster_metadata-0")));
        Assert.Equal(2, _logger.Lines.Count(line => line.Text.EndsWith("is left alone", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_log_of_another_topic_of_the_same_name_is_never_handed_out()
    {
        using var store = Open("a");
        store.GetOrCreate(First, Topic, new LogConfig());

        Assert.Throws<InvalidOperationException>(() => store.GetOrCreate(First, new Uuid(3, 4), new LogConfig()));
    }

    [Fact]
    public void A_log_without_a_topic_id_gets_the_first_that_is_said()
    {
        using (var store = Open("a"))
        {
            Assert.Equal(Uuid.Zero, store.GetOrCreate(First, Uuid.Zero, new LogConfig())!.TopicId);
            Assert.Equal(Topic, store.GetOrCreate(First, Topic, new LogConfig())!.TopicId);
            store.Close(-1);
        }

        using var again = Open("a");
        Assert.Equal(Topic, again.Find(First)!.TopicId);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("..", 0)]
    [InlineData("a/b", 0)]
    [InlineData("orders", -1)]
    public void A_partition_that_cannot_be_named_is_refused(string topic, int partition)
    {
        using var store = Open("a");

        Assert.Throws<ArgumentException>(() => store.GetOrCreate(new(topic, partition), Topic, new LogConfig()));
        Assert.Throws<ArgumentException>(() => store.GetOrCreate(new(new string('x', 249), 1234567), Topic, new LogConfig()));
        Assert.Empty(_failures);
    }

    [Fact]
    public void A_root_whose_disk_fails_at_the_start_goes_offline_with_its_logs_while_the_others_open()
    {
        using (var store = Open("a", "b"))
        {
            store.GetOrCreate(First, Topic, new LogConfig());
            store.GetOrCreate(Second, Topic, new LogConfig());
            store.Close(-1);
        }

        _files.Refuses = path => path.StartsWith(Path("a/orders-0/"), StringComparison.Ordinal);
        using var again = Open("a", "b");

        Assert.Equal([Second], again.All.Select(hosted => hosted.Partition));
        Assert.Equal([First], Assert.Single(_failures).Partitions);
        Assert.Null(again.GetOrCreate(First, Topic, new LogConfig()));
        again.Close(-1);
        Assert.False(File.Exists(Path("a/.kafka_cleanshutdown")));
        Assert.True(File.Exists(Path("b/.kafka_cleanshutdown")));
    }

    [Fact]
    public void No_root_left_online_is_no_start()
    {
        using (var store = Open("a"))
        {
            store.GetOrCreate(First, Topic, new LogConfig());
        }

        _files.Refuses = path => path.StartsWith(Path("a/orders-0/"), StringComparison.Ordinal);

        Assert.Throws<LogDirectoryException>(() => Open("a"));

        _files.Refuses = _ => false;
        Open("a").Dispose();
    }

    [Fact]
    public void A_new_log_that_its_disk_refuses_goes_to_the_next_root()
    {
        using var store = Open("a", "b");
        _files.Refuses = path => path.StartsWith(Path("a"), StringComparison.Ordinal);

        Assert.Equal(Path("b/orders-0"), store.GetOrCreate(First, Topic, new LogConfig())!.Log.Directory);
        Assert.Empty(Assert.Single(_failures).Partitions);

        _files.Refuses = _ => true;
        Assert.Null(store.GetOrCreate(Second, Topic, new LogConfig()));
        Assert.True(_failures[^1].IsLast);
    }

    [Fact]
    public void A_log_that_fails_takes_its_root_offline_and_lets_go_of_the_others_in_it()
    {
        using var store = Open("a", "b");
        var log = store.GetOrCreate(First, Topic, new LogConfig())!.Log;
        Append(store.GetOrCreate(Second, Topic, new LogConfig())!.Log, 2);
        store.GetOrCreate(new("orders", 2), Topic, new LogConfig());
        _files.Touched.Clear();

        Assert.True(store.Fail(new LogFailedException(log.Directory, "writing", new IOException("The disk is gone."))));
        Assert.False(store.Fail(new LogFailedException(log.Directory, "writing", new IOException("The disk is gone."))));

        Assert.Equal(["orders-0", "orders-2"], Assert.Single(_failures).Partitions.Select(each => each.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal([Second], store.All.Select(hosted => hosted.Partition));
        Append(store.Find(Second)!.Log, 2);
        store.CheckpointHighWatermarks();
        Assert.DoesNotContain(_files.Touched, path => path.StartsWith(Path("a"), StringComparison.Ordinal));
    }

    [Fact]
    public void A_disk_that_fails_at_the_stop_is_not_said_to_be_closed_cleanly()
    {
        using var store = Open("a", "b");
        store.GetOrCreate(First, Topic, new LogConfig());
        store.GetOrCreate(Second, Topic, new LogConfig());
        _files.Refuses = path => path.StartsWith(Path("a/recovery-point"), StringComparison.Ordinal);

        store.Close(-1);

        Assert.False(File.Exists(Path("a/.kafka_cleanshutdown")));
        Assert.True(File.Exists(Path("b/.kafka_cleanshutdown")));
        Assert.Equal([First], Assert.Single(_failures).Partitions);
    }

    private static (long Start, long End, long HighWatermark) OffsetsOf(PartitionLog log) => (log.LogStartOffset, log.LogEndOffset, log.HighWatermark);

    private static void Append(PartitionLog log, int count)
    {
        using var builder = new RecordBatchBuilder();
        for (var number = 0; number < count; number++)
        {
            builder.Append(timestamp: number, key: NullableBytes.Null, value: new byte[] { 1, 2, 3 });
        }

        Assert.True(log.AppendAsLeader(builder.Build(), leaderEpoch: 0, new LogAppendRequest()).IsAppended);
    }

    private LogStore Open(params string[] names) => LogStore.Open(new LogStoreOptions
    {
        Directories = LogDirectories.Open(new LogDirectoriesOptions
        {
            Files = _files,
            Paths = [.. names.Select(Path)],
            ClusterId = "cluster",
            NodeId = 1,
            Random = _random,
            Logger = _logger,
            OnFailure = _failures.Add,
        }),
        Files = new FilePool(_files),
        ConfigOf = _ => new LogConfig(),
        Random = _random,
        Logger = _logger,
        Time = _time,
        ForeignTopics = ImmutableHashSet.Create("__cluster_metadata"),
    });

    private string Path(string name) => _scratch.PathOf(name);
}
