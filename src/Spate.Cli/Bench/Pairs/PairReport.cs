using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Output;

namespace Spate.Cli.Bench.Pairs;

/// <summary>The figures of two shapes that were run in turn, as a result.</summary>
internal static class PairReport
{
    public const string First = "A";
    public const string Second = "B";

    /// <summary>What is compared: the name, and how it is found.</summary>
    private static readonly (string Name, Func<RunFigures, double?> Of)[] Measures =
    [
        ("recordsPerSecond", static figures => figures.Read is { } read ? read.RecordsPerSecond : figures.Sent?.RecordsPerSecond),
        ("p50Us", static figures => figures.Latency?.P50.TotalMicroseconds),
        ("p99Us", static figures => figures.Latency?.P99.TotalMicroseconds),
        ("brokerCpuPerRecord", static figures => figures.SecondsPerMillion(ProcessUse.Broker)),
        ("clientCpuPerRecord", static figures => figures.SecondsPerMillion(ProcessUse.Client)),
    ];

    public static Listing Runs(IEnumerable<PairRun> runs)
    {
        var listing = new Listing(
            "runs",
            new Column("pair"),
            new Column("shape"),
            new Column("recordsPerSecond", Unit.Count),
            new Column("p50Us", Unit.Microseconds),
            new Column("p99Us", Unit.Microseconds),
            new Column("brokerCpuSecondsPerMillionRecords"),
            new Column("clientCpuSecondsPerMillionRecords"));
        foreach (var run in runs)
        {
            var found = Measures.Select(measure => measure.Of(run.Figures)).ToList();
            listing.Add(run.Pair, run.IsFirst ? First : Second, Whole(found[0]), Whole(found[1]), Whole(found[2]), Short(found[3]), Short(found[4]));
        }

        return listing;
    }

    /// <summary>Second over first, for every figure that both have.</summary>
    public static Listing Ratios(IReadOnlyCollection<PairRun> runs)
    {
        var listing = new Listing("ratios", new Column("measure"), new Column("pairs"), new Column("median"), new Column("least"), new Column("most"));
        foreach (var (name, of) in Measures)
        {
            var ratios = new PairRatios();
            foreach (var pair in runs.GroupBy(static run => run.Pair).Where(static pair => pair.Count() == 2))
            {
                ratios.Add(of(pair.Single(static run => run.IsFirst).Figures), of(pair.Single(static run => !run.IsFirst).Figures));
            }

            if (ratios.Count > 0)
            {
                listing.Add(name, ratios.Count, Thousandths(ratios.Median), Thousandths(ratios.Least), Thousandths(ratios.Most));
            }
        }

        return listing;
    }

    private static long? Whole(double? number) => number is { } of ? (long)Math.Round(of) : null;

    private static double? Short(double? number) => number is { } of ? FiguresReport.Rounded(of) : null;

    private static double Thousandths(double ratio) => Math.Round(ratio, 3);
}
