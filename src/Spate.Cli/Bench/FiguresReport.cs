using Spate.Cli.Bench.Measuring;
using Spate.Cli.Output;

namespace Spate.Cli.Bench;

/// <summary>The figures of one measurement as a result.</summary>
internal static class FiguresReport
{
    private const double BytesOfGib = 1L << 30;

    public static IReadOnlyList<Listing> Write(BenchShape shape, BenchTopic topic, RunFigures figures)
    {
        var sections = new List<Listing> { shape.ToListing("shape", topic) };
        if (figures.IsInterrupted || figures.Failure is not null)
        {
            sections.Add(Listing.Record("run", (new Column("end"), figures.IsInterrupted ? "interrupted" : "failed"), (new Column("why"), figures.Failure?.Message)));
        }

        sections.Add(Throughput(figures));
        if (figures.Latency is not null || figures.Lateness is not null)
        {
            sections.Add(Latency(figures));
        }

        sections.Add(Processes(figures));
        return sections;
    }

    /// <summary>A number to four digits: more of them would tell nothing.</summary>
    public static double Rounded(double number) => number == 0 || !double.IsFinite(number) ? 0 : Math.Round(number, Math.Clamp(3 - (int)Math.Floor(Math.Log10(Math.Abs(number))), 0, 15));

    private static Listing Throughput(RunFigures figures)
    {
        var listing = new Listing(
            "throughput",
            new Column("flow"),
            new Column("records", Unit.Count),
            new Column("bytes", Unit.Bytes),
            new Column("timeMs", Unit.Milliseconds),
            new Column("recordsPerSecond", Unit.Count),
            new Column("bytesPerSecond", Unit.Bytes));
        Add("sent", figures.Sent);
        Add("read", figures.Read);
        return listing;

        void Add(string name, Flow? flow)
        {
            if (flow is { } of)
            {
                listing.Add(name, of.Records, of.Bytes, (long)of.Time.TotalMilliseconds, (long)Math.Round(of.RecordsPerSecond), (long)Math.Round(of.BytesPerSecond));
            }
        }
    }

    private static Listing Latency(RunFigures figures)
    {
        var listing = new Listing(
            "latency",
            new Column("measure"),
            new Column("records", Unit.Count),
            new Column("p50Us", Unit.Microseconds),
            new Column("p90Us", Unit.Microseconds),
            new Column("p99Us", Unit.Microseconds),
            new Column("p999Us", Unit.Microseconds),
            new Column("maxUs", Unit.Microseconds));
        Add("endToEnd", figures.Latency);
        Add("sentLate", figures.Lateness);
        return listing;

        void Add(string name, LatencyFigures? latency)
        {
            if (latency is { } of)
            {
                listing.Add(name, of.Count, Microseconds(of.P50), Microseconds(of.P90), Microseconds(of.P99), Microseconds(of.P999), Microseconds(of.Max));
            }
        }
    }

    private static Listing Processes(RunFigures figures)
    {
        var listing = new Listing(
            "processes",
            new Column("process"),
            new Column("pid"),
            new Column("name"),
            new Column("cpuMs", Unit.Milliseconds),
            new Column("cpuSecondsPerMillionRecords"),
            new Column("cpuSecondsPerGib"),
            new Column("residentBytesMax", Unit.Bytes));
        var basis = figures.Basis;
        foreach (var process in figures.Processes)
        {
            var seconds = process.Processor.TotalSeconds;
            listing.Add(
                process.Role,
                process.Id,
                process.Name,
                (long)process.Processor.TotalMilliseconds,
                basis.Records > 0 ? Rounded(seconds * 1_000_000 / basis.Records) : null,
                basis.Bytes > 0 ? Rounded(seconds * BytesOfGib / basis.Bytes) : null,
                process.ResidentBytesMax);
        }

        return listing;
    }

    private static long Microseconds(TimeSpan time) => (long)Math.Ceiling(time.TotalMicroseconds);
}
