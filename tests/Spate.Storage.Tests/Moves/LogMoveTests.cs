using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Directories;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Moves;

/// <summary>What a log is after it has moved: the same in everything but its place.</summary>
public sealed class LogMoveTests
{
    [Fact]
    public void Log_that_has_moved_is_the_same_and_goes_on()
    {
        using var harness = Filled();
        var before = harness.Values();
        var old = harness.Log;
        var (start, end, epochs, producers) = (old.LogStartOffset, old.LogEndOffset, old.LeaderEpochs, old.DescribeProducers());

        var moved = harness.Move("/b");

        Assert.Same(moved, harness.Store.Find(MoveHarness.Partition));
        Assert.Equal((MoveHarness.Topic, Path.GetFullPath("/b/orders-0")), (moved.TopicId, moved.Log.Directory));
        Assert.Equal(before, harness.Values());
        Assert.Equal((start, end, end, end), (moved.Log.LogStartOffset, moved.Log.LogEndOffset, moved.Log.HighWatermark, moved.Log.RecoveryPoint));
        Assert.Equal(epochs, moved.Log.LeaderEpochs);
        Assert.Equal(producers, moved.Log.DescribeProducers());
        Assert.Equal(["/a/orders-0-delete", "/b/orders-0"], harness.Names().Select(path => path.Replace(Path.GetPathRoot(path)!, "/", StringComparison.Ordinal)));
        Assert.Equal((0, 1), (harness.Directories.CountIn(harness.Root("/a")), harness.Directories.CountIn(harness.Root("/b"))));
        Assert.Empty(harness.Store.Futures);
        harness.Append("after");
        Assert.Equal([.. before, "after"], harness.Values());

        harness.Time.Advance(TimeSpan.FromMinutes(2));
        harness.Store.DeleteDueDirectories();
        Assert.Single(harness.Names());
    }

    [Fact]
    public void Old_log_can_be_read_and_changed_no_more()
    {
        using var harness = Filled();
        var (old, before) = (harness.Log, harness.Values());

        harness.Move("/b");

        Assert.Equal(before, LogHarness.ReadAll(old, old.LogStartOffset).Select(record => record.Value));
        Assert.Throws<ObjectDisposedException>(() => old.AppendAsLeader(TestBatches.Of(1, "x"), 0, new LogAppendRequest()));
        Assert.Throws<ObjectDisposedException>(() => old.DeleteRecordsBefore(5));
        Assert.Throws<ObjectDisposedException>(() => old.DeleteOldSegments());
        Assert.Throws<ObjectDisposedException>(() => old.Roll());
        Assert.Throws<ObjectDisposedException>(() => old.DescribeProducers());
        Assert.Throws<ObjectDisposedException>(() => old.RemoveExpiredProducers(1));
        Assert.False(old.UpdateHighWatermark(0));
    }

    [Fact]
    public void Records_that_come_while_the_log_is_copied_come_along()
    {
        using var harness = Filled();
        var move = harness.Begin("/b");
        while (move.CopySome() > 0)
        {
        }

        harness.Append("late");
        harness.Append("later");
        var expected = harness.Values();

        Assert.NotNull(move.TryFinish(static _ => { }));
        Assert.Equal(expected, harness.Values());
    }

    [Fact]
    public void Too_much_is_not_copied_while_nobody_can_append()
    {
        using var harness = new MoveHarness(config: new LogConfig { RetentionMs = -1, Validation = new() { MaximumBatchSize = int.MaxValue } });
        harness.Create();
        var move = harness.Begin("/b");
        for (var count = 0; count < 4; count++)
        {
            harness.Append(new string('x', 400_000));
        }

        Assert.Null(move.TryFinish(static _ => { }));
        harness.Append("and on");
        while (move.CopySome() > 0)
        {
        }

        Assert.NotNull(move.TryFinish(static _ => { }));
        Assert.Equal(5, harness.Values().Count);
    }

    [Fact]
    public void Producer_whose_batches_are_gone_is_known_all_the_same()
    {
        using var harness = new MoveHarness();
        harness.Create();
        harness.Append(TestBatches.Idempotent(7, 2, 0, "a", "b", "c"));
        harness.Append(TestBatches.Idempotent(7, 2, 3, "d"));
        harness.Log.Roll();
        harness.Append("other");
        Assert.True(harness.Log.DeleteRecordsBefore(4));
        Assert.Equal(1, harness.Log.DeleteOldSegments());

        harness.Move("/b");

        var repeated = harness.Log.AppendAsLeader(TestBatches.Idempotent(7, 2, 3, "d"), 0, new LogAppendRequest());
        Assert.Equal((true, 3L), (repeated.IsDuplicate, repeated.FirstOffset));
        Assert.Equal(LogAppendError.OutOfOrderSequence, harness.Log.AppendAsLeader(TestBatches.Idempotent(7, 2, 9, "x"), 0, new LogAppendRequest()).Error);

        // And after a crash as well, when the batch before it would have to tell.
        using var again = Crashed(harness);
        Assert.Equal(4, Assert.Single(again.Log.DescribeProducers(), producer => producer.ProducerId == 7).LastSequence + 1);
    }

    [Fact]
    public void Open_transaction_moves_along()
    {
        using var harness = Filled();
        harness.Append(TestBatches.Transactional(9, 0, 0, "open"));
        var stable = harness.Log.LastStableOffset;

        harness.Move("/b");

        Assert.Equal(stable, harness.Log.LastStableOffset);
        Assert.Equal(stable, Assert.Single(harness.Log.DescribeProducers(), producer => producer.ProducerId == 9).CurrentTransactionFirstOffset);
        Assert.Equal(
            LogAppendError.None,
            harness.Log.AppendAsLeader(TestBatches.Marker(9, 0, commit: true), harness.Log.LeaderEpochs[^1].Epoch, new LogAppendRequest { Origin = AppendOrigin.Coordinator }).Error);
        harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
        Assert.Equal(harness.Log.LogEndOffset, harness.Log.LastStableOffset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(39)]
    [InlineData(40)]
    public void Log_that_begins_inside_a_batch_begins_there_afterwards(long start)
    {
        using var harness = new MoveHarness();
        harness.Create();
        for (var batch = 0; batch < 10; batch++)
        {
            harness.Append($"{batch}a", $"{batch}b", $"{batch}c", $"{batch}d");
        }

        Assert.True(harness.Log.DeleteRecordsBefore(start));
        var expected = harness.Values();

        harness.Move("/b");

        Assert.Equal((start, 40L), (harness.Log.LogStartOffset, harness.Log.LogEndOffset));
        Assert.Equal(expected, harness.Values());
        using var again = Crashed(harness);
        Assert.Equal((start, 40L), (again.Log.LogStartOffset, again.Log.LogEndOffset));
    }

    [Fact]
    public void Start_that_moves_on_while_the_log_is_copied_is_the_start_of_the_copy()
    {
        using var harness = Filled();
        var move = harness.Begin("/b");
        move.CopySome();
        Assert.True(harness.Log.DeleteRecordsBefore(harness.Log.LogEndOffset - 1));
        harness.Log.DeleteOldSegments();
        var expected = harness.Values();

        while (move.CopySome() > 0)
        {
        }

        Assert.NotNull(move.TryFinish(static _ => { }));
        Assert.Equal(expected, harness.Values());
    }

    [Fact]
    public void Offset_behind_the_last_batch_that_compaction_left_is_not_given_out_again()
    {
        using var harness = Filled();
        harness.Log.Roll();
        var segments = harness.Log.Segments.ToArray();
        var replacement = harness.Log.CreateReplacement(segments[0].BaseOffset);
        var first = harness.Values()[0];
        replacement.Append(TestBatches.At(0, 0, first), 150);
        Assert.True(harness.Log.ReplaceSegments([replacement], segments[..^1], harness.Log.Truncations));
        var end = harness.Log.LogEndOffset;

        harness.Move("/b");

        Assert.Equal((end, end), (harness.Log.LogEndOffset, harness.Log.HighWatermark));
        Assert.Equal([first], harness.Values());
        harness.Append("next");
        Assert.Equal(end + 1, harness.Log.LogEndOffset);
        using var again = Crashed(harness);
        Assert.Equal([first, "next"], again.Values());
        Assert.Equal(end + 1, again.Log.LogEndOffset);
    }

    [Fact]
    public void Truncated_log_is_copied_anew()
    {
        using var harness = Filled();
        var move = harness.Begin("/b");
        while (move.CopySome() > 0)
        {
        }

        Assert.True(harness.Log.TruncateTo(3));
        harness.Append(TestBatches.Of(TestBatches.Epoch2027, "other"), leaderEpoch: 9);
        var expected = harness.Values();
        Assert.Null(move.TryFinish(static _ => { }));

        while (move.CopySome() > 0)
        {
        }

        Assert.NotNull(move.TryFinish(static _ => { }));
        Assert.Equal(expected, harness.Values());
    }

    [Fact]
    public void Corrupt_batch_is_not_copied_and_the_log_stays()
    {
        using var harness = Filled();
        var path = Path.Combine(harness.Log.Directory, "00000000000000000000.log");
        using (var file = harness.Disk.Open(path, FileOpening.Existing))
        {
            file.Write([0xff], 70);
        }

        var move = harness.Begin("/b");

        Assert.Throws<InvalidDataException>(() => move.CopySome());
        harness.Store.DiscardFuture(move.Future);
        Assert.Empty(harness.Store.Futures);
        Assert.Equal(["/a/orders-0", "/b/orders-0-delete"], harness.Names().Select(name => name.Replace(Path.GetPathRoot(name)!, "/", StringComparison.Ordinal)));
        harness.Append("goes on");
    }

    [Fact]
    public void Future_is_made_once_and_not_where_the_log_lies_nor_without_one()
    {
        using var harness = new MoveHarness();
        Assert.Null(harness.Store.CreateFuture(MoveHarness.Partition, harness.Root("/b")));
        harness.Create();
        Assert.Null(harness.Store.CreateFuture(MoveHarness.Partition, harness.Root("/a")));
        Assert.NotNull(harness.Store.CreateFuture(MoveHarness.Partition, harness.Root("/b")));
        Assert.Null(harness.Store.CreateFuture(MoveHarness.Partition, harness.Root("/c")));
    }

    [Fact]
    public void Deleted_log_takes_its_copy_along()
    {
        using var harness = Filled();
        var move = harness.Begin("/b");
        move.CopySome();

        harness.Store.Delete([MoveHarness.Partition]);

        Assert.Throws<ObjectDisposedException>(() => move.TryFinish(static _ => { }));
        Assert.Empty(harness.Store.Futures);
        Assert.All(harness.Names(), path => Assert.EndsWith("-delete", path, StringComparison.Ordinal));
    }

    [Fact]
    public void Complete_copy_is_not_taken_while_the_root_that_it_came_from_is_away()
    {
        var files = new RefusingFileSystem();
        using var scratch = new Checkpoints.ScratchDirectory();
        string[] roots = [scratch.PathOf("a"), scratch.PathOf("b")];
        List<string> expected;
        using (var harness = new MoveHarness(files, roots: roots))
        {
            harness.Create();
            harness.Append("a", "b");
            expected = harness.Values();
            var move = harness.Begin(roots[1]);
            move.CopySome();
            MoveCommit.Write(files, move.Future.Log.Directory, harness.Root(roots[0]).Id);
        }

        files.Refuses = path => path.StartsWith(roots[0], StringComparison.Ordinal);
        using (var away = new MoveHarness(files, roots: roots))
        {
            Assert.Empty(away.Store.All);
            Assert.Empty(away.Store.InterruptedMoves);
        }

        files.Refuses = _ => false;
        using var again = new MoveHarness(files, roots: roots);
        Assert.Equal(roots[0], again.Store.Find(MoveHarness.Partition)!.Directory.Path);
        Assert.Equal(expected, again.Values());
        Assert.Equal(roots[1], again.Store.InterruptedMoves[MoveHarness.Partition].Path);
    }

    private static MoveHarness Crashed(MoveHarness harness)
    {
        harness.Store.Dispose();
        return new MoveHarness(harness.Disk, harness.Config);
    }

    private static MoveHarness Filled()
    {
        var harness = new MoveHarness();
        harness.Create();
        for (var batch = 0; batch < 30; batch++)
        {
            harness.Append(batch % 3 == 0 ? TestBatches.Idempotent(batch % 2, 0, 2 * (batch / 6), $"p{batch}", $"q{batch}") : TestBatches.Of(TestBatches.Epoch2027 + batch, $"v{batch}"), leaderEpoch: batch / 10);
        }

        return harness;
    }
}
