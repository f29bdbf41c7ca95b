using System.CommandLine;
using Spate.Cli.Bench.Pairs;
using Spate.Cli.Grammar;
using Spate.Cli.Running;

namespace Spate.Cli.Bench;

/// <summary><c>spate bench</c>.</summary>
internal static class BenchVerbs
{
    public static Command Create(ClusterVerbs verbs) => verbs.Group(
        "bench",
        "Measure how fast records are written and read, and what the broker and the client use for it.",
        Measuring(
            verbs,
            BenchKind.Produce,
            "Write records as fast as they are taken, or at a rate.",
            "spate bench produce --records 20000 --size 100 --warm-up 200ms",
            "spate bench produce --records 20000 --warm-up 200ms --against '--compression lz4 --linger 20ms' --pairs 2",
            "spate bench produce --records 20000 --warm-up 200ms --pairs 2"),
        Measuring(
            verbs,
            BenchKind.Consume,
            "Read records as fast as they come: those of a topic, or of a new one that is filled first.",
            "spate bench consume --records 20000 --size 100 --warm-up 200ms",
            "spate bench consume --topic orders --duration 1s --warm-up 0s",
            "spate bench consume --records 20000 --warm-up 200ms --against '--read record' --pairs 2"),
        Measuring(
            verbs,
            BenchKind.Latency,
            "Write at a rate and read at the same time: how long it takes from when a record should have been sent until it is handed out.",
            "spate bench latency --rate 1000 --duration 1s --warm-up 500ms",
            "spate bench latency --rate 1000 --records 500 --acks leader --warm-up 200ms --output json"),
        Measuring(
            verbs,
            BenchKind.Mixed,
            "Write and read at the same time, as fast as it goes or at a rate.",
            "spate bench mixed --records 20000 --producers 2 --consumers 2 --warm-up 200ms"));

    private static Verb Measuring(ClusterVerbs verbs, BenchKind kind, string description, params string[] examples)
    {
        var arguments = new BenchArguments(kind);
        var verb = new Verb(kind.ToString().ToLowerInvariant(), description, examples);
        arguments.AddTo(verb);
        return verbs.Asking(verb, call => RunAsync(call, arguments));
    }

    private static async Task<int> RunAsync(ClusterCall call, BenchArguments arguments)
    {
        var shape = arguments.Shape(call);
        if (arguments.Comparison(call, shape) is { } comparison)
        {
            return await new PairRuns(call, shape, comparison.Other, comparison.Pairs).RunAsync();
        }

        var status = ExitCode.Success;
        await new BenchRunner(call, "").RunAsync(shape, (topic, brokers, figures) =>
        {
            if (figures.Sent is not null || figures.Read is not null)
            {
                call.Show(FiguresReport.Write(shape, topic, figures));
            }

            figures.Tell(call, brokers);
            if (figures.Failure is { } failure)
            {
                call.Say($"the run failed, and what is shown was done until then: {failure.Message}");
            }

            status = figures.Status;
        });
        return status;
    }
}
