using System.Globalization;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

/// <summary>Cleanings, each ended at every operation on the disk in turn.</summary>
public sealed class CompactionCrashTests
{
    private const int PowerLossSeeds = 6;

    private static readonly double[] TornParts = [0, 0.01, 0.5, 0.99];

    private static readonly LogConfig Config = CleanerHarness.Compacted with { SegmentBytes = 900, IndexIntervalBytes = 150 };

    [Fact]
    public void A_process_may_die_at_any_point_of_a_cleaning() => Run(lostPower: false);

    [Fact]
    public void Power_may_be_lost_at_any_point_of_a_cleaning() => Run(lostPower: true);

    private static void Run(bool lostPower)
    {
        var disk = new JournaledFileSystem();
        using var harness = new CleanerHarness(Config, disk);
        harness.Logs.Open();
        var points = 0;
        for (var round = 0; round < 4; round++)
        {
            Fill(harness, round);
            harness.Roll();
            harness.Log.Flush(harness.Log.LogEndOffset);
            if (round == 2)
            {
                // Now tombstones and markers of before go.
                harness.Pass(TimeSpan.FromMinutes(2));
            }

            var expected = Expectation.Of(harness.Log);
            var from = disk.Journal.Count;
            Assert.NotNull(harness.Clean());
            var to = disk.Journal.Count;
            Assert.Equal(expected.Committed, LogContent.StateOf(LogContent.ReadCommitted(harness.Log)));
            points += to - from;
            var journal = disk.Journal.ToArray();
            for (var point = from; point <= to; point++)
            {
                foreach (var crashed in Crashes(journal, point, lostPower))
                {
                    Check(crashed.Disk, expected, harness, $"Round {round}: {crashed.Name}");
                }
            }
        }

        Assert.True(points > 100, $"A cleaning asks the disk for {points} operations only.");
    }

    private static IEnumerable<(string Name, IFileSystem Disk)> Crashes(DiskOperation[] journal, int point, bool lostPower)
    {
        if (lostPower)
        {
            for (var seed = 0; seed < PowerLossSeeds; seed++)
            {
                var name = string.Create(CultureInfo.InvariantCulture, $"without power after operation {point}, seed {seed}");
                yield return (name, CrashedDisk.AfterPowerLoss(journal, point, new Random((point * PowerLossSeeds) + seed)));
            }

            yield break;
        }

        foreach (var part in point < journal.Length && journal[point] is DiskOperation.Write ? TornParts : [0])
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"after operation {point} and {part:P0} of the next");
            yield return (name, CrashedDisk.AfterProcessCrash(journal, point, part));
        }
    }

    private static void Check(IFileSystem disk, Expectation expected, CleanerHarness original, string crash)
    {
        try
        {
            using var harness = new CleanerHarness(Config, disk);
            harness.Pass(TimeSpan.FromMilliseconds(original.Now - harness.Now));
            harness.Logs.Open(clean: false, recoveryPoint: expected.RecoveryPoint);
            harness.Log.UpdateHighWatermark(harness.Log.LogEndOffset);
            expected.Check(harness.Log);

            // What was half done is done the next time, and comes to the same.
            harness.Clean();
            expected.Check(harness.Log);
            harness.RollAndClean();
            expected.Check(harness.Log);
        }
        catch (Exception failure) when (failure is not CrashSurvivalException)
        {
            throw new CrashSurvivalException($"{crash}: {failure.Message}", failure);
        }
    }

    private static void Fill(CleanerHarness harness, int round)
    {
        for (var index = 0; index < 14; index++)
        {
            var value = string.Create(CultureInfo.InvariantCulture, $"{round}-{index}");
            var codec = index % 5 == 0 ? CompressionCodec.Gzip : CompressionCodec.None;
            harness.Append(
                new RecordBatchOptions { Codec = codec },
                (TestBatches.Value(index % 4), value),
                (TestBatches.Value((index * 3) + round), index % 3 == 0 ? null : value));
            if (index % 4 == 1)
            {
                harness.AppendTransactional(20 + round, index / 4, (TestBatches.Value(index % 4), $"transaction {value}"));
                harness.EndTransaction(20 + round, commit: index % 8 == 1);
            }

            if (index % 6 == 2)
            {
                harness.Append(
                    new RecordBatchOptions { ProducerId = 3 + round, ProducerEpoch = 0, BaseSequence = index / 6 }, (TestBatches.Value(2), $"idempotent {value}"));
            }
        }
    }

    /// <summary>What holds before and after a cleaning, and so at every moment of it.</summary>
    private sealed record Expectation(
        Dictionary<long, LogRecord> Records,
        SortedDictionary<string, string> Committed,
        HashSet<long> CommittedOffsets,
        long End,
        long RecoveryPoint,
        Dictionary<long, (short Epoch, int LastSequence, long LastOffset)> Producers)
    {
        public static Expectation Of(PartitionLog log)
        {
            var committed = LogContent.ReadCommitted(log);
            return new Expectation(
                LogContent.ReadAll(log).ToDictionary(record => record.Offset),
                LogContent.StateOf(committed),
                [.. committed.Select(record => record.Offset)],
                log.LogEndOffset,
                log.RecoveryPoint,
                ProducersOf(log));
        }

        public void Check(PartitionLog log)
        {
            var all = LogContent.ReadAll(log).Where(record => record.Offset < End).ToArray();
            Assert.Equal(all.Select(record => record.Offset).Order().Distinct(), all.Select(record => record.Offset));
            Assert.All(all, record => Assert.Equal(Records[record.Offset], record));
            var committed = LogContent.ReadCommitted(log).Where(record => record.Offset < End).ToArray();
            Assert.Equal(Committed, LogContent.StateOf(committed));
            Assert.All(committed, record => Assert.Contains(record.Offset, CommittedOffsets));
            Assert.True(log.LogEndOffset >= End, $"The log ends at {log.LogEndOffset}, not {End}.");
            Assert.Equal(log.LogEndOffset, log.LastStableOffset);
            foreach (var (id, producer) in ProducersOf(log))
            {
                Assert.Equal(Producers[id], producer);
            }
        }

        private static Dictionary<long, (short Epoch, int LastSequence, long LastOffset)> ProducersOf(PartitionLog log) =>
            log.DescribeProducers().ToDictionary(
                producer => producer.ProducerId, producer => (producer.Epoch, producer.LastSequence, producer.LastOffset));
    }
}
