using Spate.Storage.Producers;
using Spate.Storage.Tests.Checkpoints;

namespace Spate.Storage.Tests.Producers;

public sealed class ProducerSnapshotsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly List<string> _faults = [];

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void NameOf_Offset_HasTwentyDigits()
    {
        Assert.Equal("00000000000000000042.snapshot", ProducerSnapshots.NameOf(42));
    }

    [Theory]
    [InlineData("00000000000000000042.snapshot", true)]
    [InlineData("09223372036854775807.snapshot", true)]
    [InlineData("09223372036854775808.snapshot", false)]
    [InlineData("42.snapshot", false)]
    [InlineData("-0000000000000000042.snapshot", false)]
    [InlineData(" 0000000000000000042.snapshot", false)]
    [InlineData("00000000000000000042.snapshot.tmp", false)]
    [InlineData("00000000000000000042.log", false)]
    [InlineData("00000000000000000042-0000000001.checkpoint", false)]
    public void TryParseName_AnyName(string name, bool expected)
    {
        Assert.Equal(expected, ProducerSnapshots.TryParseName(name, out _));
    }

    [Fact]
    public void Take_SameOffsetTwice_WritesOnce()
    {
        var log = new ProducerLog().Do("p1e0s0");
        var snapshots = Open();

        Assert.True(snapshots.Take(log.States));
        Assert.False(snapshots.Take(log.States));
        log.Do("plain1");
        Assert.True(snapshots.Take(log.States));

        Assert.Equal([1, 2], snapshots.Offsets);
        Assert.Equal([1, 2], Open().Offsets);
        Assert.Equal(1, snapshots.Oldest);
        Assert.Equal(2, snapshots.Latest);
    }

    [Fact]
    public void TruncateAndReload_ToTheMiddle_TakesTheLatestSnapshotBeforeItAndDeletesThoseBehind()
    {
        var log = new ProducerLog();
        var snapshots = Open();
        foreach (var step in new[] { "p1e0s0x5", "p1e0s5x5 p2e0s0t", "p1e0s10x5" })
        {
            log.Do(step);
            snapshots.Take(log.States);
        }

        snapshots.TruncateAndReload(log.States, logStartOffset: 0, logEndOffset: 15);

        Assert.Equal(11, log.EndOffset);
        Assert.Equal([5, 11], snapshots.Offsets);
        Assert.Equal(9, log.States.Find(1)!.Value.LastSequence);
        Assert.Equal(10, log.States.FirstUnstable?.Offset);
        Assert.Equal(ProducerCheckOutcome.Duplicate, log.Check(ProducerLog.Parse("p1e0s5x5")).Outcome);

        // Only the last batch of each producer outlives a snapshot.
        Assert.Equal(ProducerCheckOutcome.OutOfOrderSequence, log.Check(ProducerLog.Parse("p1e0s0x5")).Outcome);
    }

    [Fact]
    public void TruncateAndReload_LatestIsCorrupt_FallsBackToTheOneBeforeAndSaysSo()
    {
        var log = new ProducerLog();
        var snapshots = Open();
        snapshots.Take(log.Do("p1e0s0x5").States);
        snapshots.Take(log.Do("p1e0s5x5").States);
        File.WriteAllBytes(_scratch.PathOf(ProducerSnapshots.NameOf(10)), [0, 1, 2]);
        var states = new ProducerStates();

        snapshots.TruncateAndReload(states, logStartOffset: 0, logEndOffset: 12);

        Assert.Equal(5, states.EndOffset);
        Assert.Equal([5], snapshots.Offsets);
        Assert.Contains(ProducerSnapshots.NameOf(10), Assert.Single(_faults), StringComparison.Ordinal);
        Assert.Equal([ProducerSnapshots.NameOf(5)], _scratch.Names);
    }

    [Fact]
    public void TruncateAndReload_NoSnapshotCanBeRead_BeginsEmptyAtTheLogsStart()
    {
        var log = new ProducerLog();
        var snapshots = Open();
        snapshots.Take(log.Do("p1e0s0x5").States);
        File.Delete(_scratch.PathOf(ProducerSnapshots.NameOf(5)));
        var states = new ProducerStates();

        snapshots.TruncateAndReload(states, logStartOffset: 3, logEndOffset: 12);

        Assert.Equal(3, states.EndOffset);
        Assert.True(states.IsEmpty);
        Assert.Empty(snapshots.Offsets);
        Assert.Empty(_faults);
    }

    [Fact]
    public void TruncateAndReload_StateEndsThere_KeepsIt()
    {
        var log = new ProducerLog().Do("p1e0s0x5 p2e0s0t p2e0commit");
        var snapshots = Open();
        snapshots.Take(log.States);

        snapshots.TruncateAndReload(log.States, logStartOffset: 7, logEndOffset: 7);

        Assert.Equal(2, log.States.Count);
        Assert.Null(log.States.FirstUnstable);
        Assert.Empty(snapshots.Offsets);
    }

    [Fact]
    public void TruncateFullyAndStartAt_Offset_EmptiesStateAndDirectory()
    {
        var log = new ProducerLog().Do("p1e0s0t");
        var snapshots = Open();
        snapshots.Take(log.States);

        snapshots.TruncateFullyAndStartAt(log.States, 100);

        Assert.True(log.States.IsEmpty);
        Assert.Null(log.States.FirstUnstable);
        Assert.Equal(100, log.EndOffset);
        Assert.Empty(_scratch.Names);
    }

    [Theory]
    [InlineData("0 10 20", "10 20 30", "10 20 30")]
    [InlineData("0 10 20", "10 15 20", "10 20")]
    [InlineData("0 10 20", "5 10 15", "10")]
    [InlineData("0 10 20", "10 25 35", "10 35")]
    [InlineData("", "10 25", "25")]
    public void RetainFor_Segments_KeepsTheirsAndTheOneOfACleanStop(string segments, string snapshots, string kept)
    {
        foreach (var offset in Numbers(snapshots))
        {
            File.WriteAllBytes(_scratch.PathOf(ProducerSnapshots.NameOf(offset)), ProducerSnapshotFile.Write([]));
        }

        File.WriteAllText(_scratch.PathOf("00000000000000000007.snapshot.tmp"), "half");
        var open = Open();
        open.RetainFor(Numbers(segments).ToHashSet());

        Assert.Equal(kept, string.Join(' ', open.Offsets));
        Assert.Equal(Numbers(kept).Select(ProducerSnapshots.NameOf), _scratch.Names);
    }

    [Fact]
    public void DeleteBefore_and_DeleteAfter_leave_the_offset_itself()
    {
        foreach (var offset in new long[] { 1, 2, 3, 4 })
        {
            File.WriteAllBytes(_scratch.PathOf(ProducerSnapshots.NameOf(offset)), ProducerSnapshotFile.Write([]));
        }

        var snapshots = Open();
        snapshots.DeleteBefore(2);
        snapshots.DeleteAfter(3);

        Assert.Equal([2, 3], snapshots.Offsets);
        Assert.Equal([ProducerSnapshots.NameOf(2), ProducerSnapshots.NameOf(3)], _scratch.Names);
    }

    private static IEnumerable<long> Numbers(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse);

    private ProducerSnapshots Open() => new(_scratch.Files, _scratch.Root, _faults.Add);
}
