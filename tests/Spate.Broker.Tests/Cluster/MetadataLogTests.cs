using Spate.Broker.Cluster;
using Spate.Metadata.Images;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Cluster;

/// <summary>A start takes the newest snapshot and what follows it in the log; what neither needs any more is deleted.</summary>
public sealed class MetadataLogTests
{
    private readonly MemoryFileSystem _files = new();

    [Fact]
    public async Task Each_start_leads_in_a_later_epoch_and_goes_on_where_the_log_ends()
    {
        using (var log = DecisionLog.Open(_files))
        {
            Assert.Equal(1, log.Log.LeaderEpoch);
            await log.DecideAsync();
            Assert.Equal(new MetadataPosition(2, 1), log.Image.Position);
        }

        using var again = DecisionLog.Open(_files);
        Assert.Equal((2, new MetadataPosition(2, 1)), (again.Log.LeaderEpoch, again.Image.Position));
        await again.DecideAsync();
        Assert.Equal(new MetadataPosition(4, 2), again.Image.Position);
    }

    [Fact]
    public async Task Snapshot_is_called_and_framed_as_in_Kafka()
    {
        using var log = DecisionLog.Open(_files);
        await log.DecideAsync(3);
        log.TakeSnapshot();

        var path = Assert.Single(Snapshots());
        Assert.Equal("00000000000000000004-0000000001.checkpoint", Path.GetFileName(path));
        var batches = SnapshotReader.Read(_files, path, new MetadataPosition(4, 1)).ToList();
        Assert.Equal([0, 4, 0], batches.Select(batch => batch.Values.Count));
        Assert.Equal([0L, 1L, 5L], batches.Select(batch => batch.BaseOffset));
        Assert.All(batches, batch => Assert.Equal(1, batch.End.Epoch));
    }

    [Fact]
    public async Task Start_takes_the_newest_snapshot_and_what_follows_it()
    {
        string expected;
        using (var log = DecisionLog.Open(_files))
        {
            await log.DecideAsync();
            log.TakeSnapshot();
            await log.DecideAsync();
            log.TakeSnapshot();
            await log.DecideAsync();
            expected = log.Described;
        }

        using var again = DecisionLog.Open(_files);
        Assert.Equal(expected, again.Described);
        Assert.Equal(4, again.Log.LatestSnapshot()!.Position.EndOffset);
    }

    [Fact]
    public async Task Snapshots_and_segments_that_nobody_needs_are_deleted()
    {
        using var log = DecisionLog.Open(_files);
        for (var round = 0; round < 6; round++)
        {
            await log.DecideAsync();
            log.TakeSnapshot();
            Assert.InRange(Snapshots().Count, 1, MetadataLog.SnapshotsKept);
        }

        Assert.Equal([10L, 12L], Positions().Select(position => position.EndOffset));
        Assert.Equal(10, log.Partition.LogStartOffset);
        Assert.Equal(["00000000000000000010.log", "00000000000000000012.log"], Names(".log"));
        Assert.Throws<IOException>(() => log.Log.ReadCommitted(9).Count());
        Assert.Single(log.Log.ReadCommitted(10));
    }

    [Fact]
    public async Task Snapshot_that_is_spoilt_is_passed_over_for_the_one_before()
    {
        var expected = await LeaveAsync(3);
        Spoil(Snapshots()[^1]);

        using var log = DecisionLog.Open(_files);
        Assert.Equal(expected, log.Described);
        Assert.Equal(4, log.Log.LatestSnapshot()!.Position.EndOffset);

        // The spoilt one goes when there are enough others.
        await log.DecideAsync();
        log.TakeSnapshot();
        Assert.Equal([4L, 10L], Positions().Select(position => position.EndOffset));
    }

    [Fact]
    public async Task Only_snapshot_that_is_spoilt_is_not_missed_while_the_log_has_everything()
    {
        var expected = await LeaveAsync(1);
        Spoil(Assert.Single(Snapshots()));

        using var log = DecisionLog.Open(_files);
        Assert.Equal(expected, log.Described);
        Assert.Null(log.Log.LatestSnapshot());
    }

    [Theory]
    [InlineData("spoilt")]
    [InlineData("deleted")]
    public async Task Start_without_a_snapshot_that_reaches_the_log_is_refused(string what)
    {
        await LeaveAsync(4);
        foreach (var path in Snapshots())
        {
            if (what == "spoilt")
            {
                Spoil(path);
            }
            else
            {
                _files.DeleteFile(path);
            }
        }

        var refusal = Assert.Throws<IOException>(() => DecisionLog.Open(_files));

        Assert.Contains("offset 6", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(what == "spoilt", refusal.Message.Contains("0000000008-0000000001.checkpoint", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_that_lost_its_end_goes_on_behind_the_snapshot_that_has_it()
    {
        string expected;
        using (var log = DecisionLog.Open(_files))
        {
            await log.DecideAsync();
            await log.DecideAsync();
            log.TakeSnapshot();
            expected = log.Described;
        }

        foreach (var path in _files.ListFiles(DecisionLog.Path).Where(path => path.EndsWith(".log", StringComparison.Ordinal)))
        {
            _files.DeleteFile(path);
        }

        using var again = DecisionLog.Open(_files);
        Assert.Equal(expected, again.Described);
        await again.DecideAsync();
        Assert.Equal(new MetadataPosition(6, 2), again.Image.Position);
        using var last = DecisionLog.Open(_files);
        Assert.Equal(again.Described, last.Described);
    }

    [Fact]
    public async Task What_a_crash_left_of_a_snapshot_is_deleted()
    {
        await LeaveAsync(1);
        var part = Path.Combine(DecisionLog.Path, "00000000000000000099-0000000001.checkpoint.part");
        _files.Open(part, FileOpening.Replace).Dispose();

        using var log = DecisionLog.Open(_files);

        Assert.False(_files.FileExists(part));
        Assert.Single(Snapshots());
    }

    [Fact]
    public async Task Snapshot_of_what_is_not_committed_is_refused()
    {
        using var log = DecisionLog.Open(_files);
        await log.DecideAsync();

        Assert.Throws<ArgumentOutOfRangeException>(() => log.Log.WriteSnapshot(new MetadataPosition(3, 1), 0, []));
        Assert.Empty(Snapshots());
    }

    [Fact]
    public async Task Large_snapshot_has_several_batches()
    {
        using var log = DecisionLog.Open(_files, segmentBytes: 1 << 24);
        await log.DecideAsync(40_000);
        log.TakeSnapshot();

        var position = Assert.Single(Positions());
        var batches = SnapshotReader.Read(_files, Snapshots()[0], position).ToList();
        Assert.True(batches.Count > 3);
        Assert.Equal(40_001, batches.Sum(batch => batch.Values.Count));
    }

    /// <summary>A log with so many snapshots taken, a decision before each of them and one at the end.</summary>
    private async Task<string> LeaveAsync(int snapshots)
    {
        using var log = DecisionLog.Open(_files);
        for (var count = 0; count < snapshots; count++)
        {
            await log.DecideAsync();
            log.TakeSnapshot();
        }

        await log.DecideAsync();
        return log.Described;
    }

    private void Spoil(string path)
    {
        using var file = _files.Open(path, FileOpening.Existing);
        file.Write([0xFF], file.Length / 2);
    }

    private List<string> Snapshots() =>
        [.. _files.ListFiles(DecisionLog.Path).Where(path => path.EndsWith(".checkpoint", StringComparison.Ordinal) && SnapshotFileName.TryParse(Path.GetFileName(path), out _)).Order(StringComparer.Ordinal)];

    private List<MetadataPosition> Positions() => [.. Snapshots().Select(path => SnapshotFileName.TryParse(Path.GetFileName(path), out var position) ? position : default)];

    private IEnumerable<string> Names(string suffix) =>
        _files.ListFiles(DecisionLog.Path).Select(path => Path.GetFileName(path)).Where(name => name.EndsWith(suffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
