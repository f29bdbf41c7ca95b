using System.Globalization;

namespace Spate.Storage.Tests.Crashes;

/// <summary>Lives of a log, each ended at every operation on the disk in turn.</summary>
public sealed class CrashTests
{
    private const int PowerLossSeeds = 4;

    private static readonly double[] TornParts = [0, 0.01, 0.5, 0.99];

    private static readonly LogConfig Small = new()
    {
        SegmentBytes = 600,
        IndexIntervalBytes = 150,
        FileDeleteDelayMs = 60_000,
    };

    private static readonly Dictionary<string, Action<CrashScenario>> Lives = new(StringComparer.Ordinal)
    {
        ["appends that roll"] = life =>
        {
            for (var index = 0; index < 14; index++)
            {
                life.Append(1 + (index % 3));
                if (index % 5 == 4)
                {
                    life.Roll();
                }
            }
        },
        ["flushes and checkpoints"] = life =>
        {
            for (var index = 0; index < 12; index++)
            {
                life.Append(2);
                if (index % 3 == 1)
                {
                    life.Flush();
                    life.Checkpoint();
                }
            }
        },
        ["truncation"] = life =>
        {
            for (var round = 0; round < 3; round++)
            {
                for (var index = 0; index < 8; index++)
                {
                    life.Append(1);
                }

                life.NextEpoch();
                life.Flush();
                life.Checkpoint();
                life.Truncate((round * 3) + 2);
                life.Append(2);
            }

            life.Truncate(0);
            life.Append(1);
        },
        ["retention"] = life =>
        {
            for (var index = 0; index < 20; index++)
            {
                life.Append(1);
                if (index % 6 == 5)
                {
                    life.Roll();
                    life.Retain();
                }
            }
        },
        ["records deleted by request"] = life =>
        {
            for (var index = 0; index < 15; index++)
            {
                life.Append(2);
                if (index % 4 == 3)
                {
                    life.DeleteRecords((index * 2) - 3);
                    life.Retain();
                }
            }
        },
        ["segments replaced"] = life =>
        {
            for (var round = 0; round < 2; round++)
            {
                for (var index = 0; index < 20; index++)
                {
                    life.Append(1);
                }

                life.Flush();
                life.Replace(segments: 3);
                life.Append(2);
                life.Retain();
            }
        },
        ["closed and opened"] = life =>
        {
            for (var index = 0; index < 9; index++)
            {
                life.Append(2);
                life.AppendIdempotent(7, 1);
                if (index % 3 == 2)
                {
                    life.CloseAndOpen();
                }
            }
        },
        ["producers and transactions"] = life =>
        {
            for (var index = 0; index < 10; index++)
            {
                life.AppendIdempotent(index % 3, 2);
                life.AppendTransaction(10 + (index % 2), commit: index % 3 == 0);
                if (index == 6)
                {
                    life.NextEpoch();
                    life.Truncate(15);
                }
            }
        },
        ["all at once"] = life =>
        {
            for (var index = 0; index < 24; index++)
            {
                life.AppendIdempotent(1, 1);
                switch (index % 8)
                {
                    case 1:
                        life.Flush();
                        break;
                    case 2:
                        life.AppendTransaction(2, commit: false);
                        break;
                    case 3:
                        life.NextEpoch();
                        life.Truncate(Math.Max(0, (index * 2) - 9));
                        break;
                    case 4:
                        life.Roll();
                        break;
                    case 5:
                        life.Checkpoint();
                        break;
                    case 6:
                        life.DeleteRecords(index / 2);
                        break;
                    case 7:
                        life.CloseAndOpen();
                        life.Retain();
                        break;
                    default:
                        life.Append(3);
                        break;
                }
            }
        },
    };

    private static readonly Action<CrashScenario> DurableLife = life =>
    {
        for (var index = 0; index < 12; index++)
        {
            life.Append(1 + (index % 2), durable: true);
            if (index % 4 == 3)
            {
                life.Roll();
                life.Checkpoint();
            }
        }
    };

    public static TheoryData<string> Names => [.. Lives.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_process_may_die_at_any_point(string name)
    {
        using var life = Live(Lives[name], ConfigOf(name));
        CheckProcessCrashes(life);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Power_may_be_lost_at_any_point(string name)
    {
        using var life = Live(Lives[name], ConfigOf(name));
        CheckPowerLosses(life);
    }

    [Fact]
    public void What_was_answered_as_durable_survives_every_crash()
    {
        using var life = Live(DurableLife, Small with { FlushMessages = 1 });
        Assert.Contains(life.Moments, moment => moment.DurableEnd > 10);
        CheckProcessCrashes(life);
        CheckPowerLosses(life);
    }

    private static LogConfig ConfigOf(string name) =>
        name == "retention" ? Small with { RetentionBytes = 900 } : Small with { RetentionMs = -1 };

    private static CrashScenario Live(Action<CrashScenario> steps, LogConfig config)
    {
        var life = new CrashScenario(config);
        steps(life);
        return life;
    }

    private static void CheckProcessCrashes(CrashScenario life)
    {
        var journal = life.Disk.Journal.ToArray();
        ForEachPoint(life, (point, before, after) =>
        {
            var torn = point < journal.Length && journal[point] is DiskOperation.Write ? TornParts : [0];
            foreach (var part in torn)
            {
                var crash = string.Create(CultureInfo.InvariantCulture, $"After operation {point} of {journal.Length} and {part:P0} of the next");
                new CrashCheck(life, CrashedDisk.AfterProcessCrash(journal, point, part), before, after, lostPower: false, crash).Run();
            }
        });
    }

    private static void CheckPowerLosses(CrashScenario life)
    {
        var journal = life.Disk.Journal.ToArray();
        ForEachPoint(life, (point, before, after) =>
        {
            for (var seed = 0; seed < PowerLossSeeds; seed++)
            {
                var crash = string.Create(CultureInfo.InvariantCulture, $"Without power after operation {point} of {journal.Length}, seed {seed}");
                var disk = CrashedDisk.AfterPowerLoss(journal, point, new Random((point * PowerLossSeeds) + seed));
                new CrashCheck(life, disk, before, after, lostPower: true, crash).Run();
            }
        });
    }

    private static void ForEachPoint(CrashScenario life, Action<int, CrashModel, CrashModel> check)
    {
        var moment = 0;
        var points = life.Disk.Journal.Count;
        for (var point = life.Moments[0].JournalLength; point <= points; point++)
        {
            while (moment + 1 < life.Moments.Count && life.Moments[moment + 1].JournalLength <= point)
            {
                moment++;
            }

            check(point, life.Moments[moment], life.Moments[Math.Min(moment + 1, life.Moments.Count - 1)]);
        }
    }
}
