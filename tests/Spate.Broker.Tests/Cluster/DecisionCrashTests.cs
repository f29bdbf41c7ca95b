using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;

namespace Spate.Broker.Tests.Cluster;

/// <summary>A life of the log of decisions, with snapshots and shortening, ended at every operation on the disk in turn.</summary>
public sealed class DecisionCrashTests
{
    private const int PowerLossSeeds = 4;

    private static readonly double[] TornParts = [0, 0.01, 0.5, 0.99];

    [Fact]
    public async Task Process_that_dies_anywhere_leaves_all_that_was_answered_and_no_part_of_a_decision()
    {
        var (disk, moments) = await LiveAsync();
        for (var count = 0; count <= disk.Journal.Count; count++)
        {
            foreach (var part in TornParts)
            {
                await CheckAsync(CrashedDisk.AfterProcessCrash(disk.Journal, count, part), moments, count, $"the process died after operation {count} with {part} of the next");
            }
        }
    }

    [Fact]
    public async Task Power_that_fails_anywhere_leaves_all_that_was_answered_and_no_part_of_a_decision()
    {
        var (disk, moments) = await LiveAsync();
        for (var count = 0; count <= disk.Journal.Count; count++)
        {
            for (var seed = 0; seed < PowerLossSeeds; seed++)
            {
                var random = new Random((count * PowerLossSeeds) + seed);
                await CheckAsync(CrashedDisk.AfterPowerLoss(disk.Journal, count, random), moments, count, $"power failed after operation {count}, seed {(count * PowerLossSeeds) + seed}");
            }
        }
    }

    private static async Task<(JournaledFileSystem Disk, List<(int Journal, string State)> Moments)> LiveAsync()
    {
        var disk = new JournaledFileSystem();
        var moments = new List<(int Journal, string State)> { (0, Empty()) };
        for (var life = 0; life < 2; life++)
        {
            using var log = DecisionLog.Open(disk, segmentBytes: 500);
            for (var count = 0; count < 7; count++)
            {
                await log.DecideAsync(1 + (count % 3));
                moments.Add((disk.Journal.Count, log.Described));
                if (count % 2 == 1)
                {
                    log.TakeSnapshot();
                }
            }
        }

        return (disk, moments);
    }

    private static string Empty()
    {
        using var log = DecisionLog.Open(new MemoryFileSystem());
        return log.Described;
    }

    private static async Task CheckAsync(IFileSystem disk, List<(int Journal, string State)> moments, int count, string crash)
    {
        var answered = moments.FindLastIndex(moment => moment.Journal <= count);
        var possible = moments.GetRange(answered, Math.Min(2, moments.Count - answered)).ConvertAll(moment => moment.State);
        try
        {
            using var log = DecisionLog.Open(disk, segmentBytes: 500);
            Assert.Contains(log.Described, possible);

            // It goes on.
            await log.DecideAsync();
            log.TakeSnapshot();
            using var again = DecisionLog.Open(disk, segmentBytes: 500);
            Assert.Equal(log.Described, again.Described);
        }
        catch (Exception failure)
        {
            throw new InvalidOperationException($"{crash}: {failure.Message}", failure);
        }
    }
}
