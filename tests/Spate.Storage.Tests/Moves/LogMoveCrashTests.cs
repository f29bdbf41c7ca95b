using System.Globalization;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Moves;

/// <summary>A log moves on a disk that keeps a journal; at every point of it the process dies, or the power goes, and one complete log is found.</summary>
public sealed class LogMoveCrashTests
{
    private const int PowerLossSeeds = 6;

    private readonly List<Moment> _moments = [];
    private readonly SortedDictionary<long, string> _records = [];
    private readonly JournaledFileSystem _disk = new();
    private long _durableEnd;
    private int _next;

    [Fact]
    public void A_process_may_die_at_any_point_of_a_move()
    {
        Live();
        ForEachPoint((point, before, after) => Check(CrashedDisk.AfterProcessCrash(_disk.Journal, point), before, after, lostPower: false, $"After operation {point}"));
    }

    [Fact]
    public void Power_may_be_lost_at_any_point_of_a_move()
    {
        Live();
        ForEachPoint((point, before, after) =>
        {
            for (var seed = 0; seed < PowerLossSeeds; seed++)
            {
                var disk = CrashedDisk.AfterPowerLoss(_disk.Journal, point, new Random((point * PowerLossSeeds) + seed));
                Check(disk, before, after, lostPower: true, string.Create(CultureInfo.InvariantCulture, $"Without power after operation {point}, seed {seed}"));
            }
        });
    }

    private void Live()
    {
        using var harness = new MoveHarness(_disk);
        harness.Create();
        Note(harness, "made");
        Append(harness, 12);
        harness.Log.Flush(harness.Log.LogEndOffset);
        _durableEnd = harness.Log.LogEndOffset;
        Note(harness, "flush");
        Append(harness, 3);
        Assert.True(harness.Log.DeleteRecordsBefore(4));
        harness.Store.CheckpointLogStartOffsets([MoveHarness.Partition]);
        Note(harness, "delete records");

        foreach (var root in (string[])["/b", "/c", "/a"])
        {
            var move = harness.Begin(root);
            Note(harness, $"future in {root}");
            while (move.CopySome() > 0)
            {
                Note(harness, "copy");
            }

            Append(harness, 5);
            harness.Store.CheckpointRecoveryPoints();
            Note(harness, "checkpoint");
            Assert.NotNull(move.TryFinish(static _ => { }));
            _durableEnd = harness.Log.LogEndOffset;
            Note(harness, $"moved to {root}");
            Append(harness, 2);
            harness.Flushes.RunAll();
            harness.Store.CheckpointRecoveryPoints();
            Note(harness, "flushes");
        }

        var givenUp = harness.Begin("/b");
        Assert.True(givenUp.CopySome() > 0);
        Note(harness, "copy");
        harness.Store.DiscardFuture(givenUp.Future);
        Note(harness, "given up");
        Append(harness, 1);
    }

    private void Append(MoveHarness harness, int count)
    {
        for (; count > 0; count--)
        {
            var offset = harness.Log.LogEndOffset;
            var value = TestBatches.Value(_next++, 10 + (_next % 40));
            harness.Append(_next % 2 == 0 ? TestBatches.Idempotent(5, 0, _sequence++, value) : TestBatches.Of(TestBatches.Epoch2027 + _next, value), leaderEpoch: _next / 9);
            _records.Add(offset, value);
            Note(harness, $"append at {offset}");
        }
    }

    private int _sequence;

    private void Note(MoveHarness harness, string step) => _moments.Add(new Moment(
        _disk.Journal.Count,
        step,
        _records.Where(record => record.Key >= harness.Log.LogStartOffset).ToDictionary(),
        harness.Log.LogStartOffset,
        _durableEnd));

    private void ForEachPoint(Action<int, Moment, Moment> check)
    {
        var moment = 0;
        for (var point = _moments[0].JournalLength; point <= _disk.Journal.Count; point++)
        {
            while (moment + 1 < _moments.Count && _moments[moment + 1].JournalLength <= point)
            {
                moment++;
            }

            check(point, _moments[moment], _moments[Math.Min(moment + 1, _moments.Count - 1)]);
        }
    }

    private void Check(MemoryFileSystem disk, Moment before, Moment after, bool lostPower, string crash)
    {
        try
        {
            using var harness = new MoveHarness(disk);
            var found = Read(harness);
            Assert.Single(harness.Store.All);
            Assert.Empty(harness.Failures);
            Assert.All(found, record => Assert.Equal(_records[record.Key], record.Value));
            Assert.True(harness.Log.LogStartOffset >= before.Start, $"The log begins at {harness.Log.LogStartOffset}.");
            foreach (var (offset, value) in before.Records)
            {
                if (offset >= harness.Log.LogStartOffset && (!lostPower || offset < before.DurableEnd))
                {
                    Assert.True(found.GetValueOrDefault(offset) == value, $"'{value}' at {offset} is lost; there are {string.Join(",", found.Keys)}.");
                }
            }

            Assert.True(harness.Log.LogStartOffset <= after.Start, $"The log begins at {harness.Log.LogStartOffset}.");
            foreach (var (partition, destination) in harness.Store.InterruptedMoves)
            {
                harness.Move(destination.Path);
                Assert.Equal(destination, harness.Store.Find(partition)!.Directory);
            }

            Assert.Equal(found, Read(harness));
            harness.Append("goes on");
        }
        catch (Exception failure) when (failure is not CrashSurvivalException)
        {
            throw new CrashSurvivalException($"{crash} of {_disk.Journal.Count}, between '{before.Step}' and '{after.Step}': {failure.Message}", failure);
        }
    }

    private static Dictionary<long, string> Read(MoveHarness harness) =>
        LogHarness.ReadAll(harness.Log, harness.Log.LogStartOffset).ToDictionary(record => record.Offset, record => record.Value);

    private sealed record Moment(int JournalLength, string Step, IReadOnlyDictionary<long, string> Records, long Start, long DurableEnd);
}
