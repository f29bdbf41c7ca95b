using System.Globalization;
using Spate.Cli.Bench.Measuring;
using Spate.Cli.Bench.Processes;
using Spate.Cli.Output;
using Spate.Cli.Running;

namespace Spate.Cli.Bench.Pairs;

/// <summary>Runs two shapes in turn, A B, B A, A B and so on, and tells the ratios of their figures within the pairs.</summary>
/// <param name="call">Of the first shape's cluster.</param>
/// <param name="first">Shape A.</param>
/// <param name="second">Shape B; the same as A to see nothing but noise.</param>
/// <param name="pairs">How many pairs.</param>
internal sealed class PairRuns(ClusterCall call, BenchShape first, BenchShape second, int pairs)
{
    private readonly List<PairRun> _runs = [];
    private readonly Dictionary<bool, Listing> _shapes = [];
    private ClusterCall? _elsewhere;

    /// <returns>The exit status.</returns>
    public async Task<int> RunAsync()
    {
        var status = ExitCode.Success;
        try
        {
            for (var pair = 1; pair <= pairs && status == ExitCode.Success; pair++)
            {
                // What is better or worse for whoever comes first falls to each of them in turn.
                var isFirst = pair % 2 == 1;
                status = await RunAsync(pair, isFirst);
                status = status == ExitCode.Success ? await RunAsync(pair, !isFirst) : status;
            }
        }
        finally
        {
            // Also when it was interrupted or failed: the runs before that are whole.
            Show();
            await (_elsewhere?.DisposeAsync() ?? default);
        }

        return status;
    }

    private void Show()
    {
        if (_runs.Count > 0)
        {
            call.Show([.. _shapes.OrderByDescending(static shape => shape.Key).Select(static shape => shape.Value), PairReport.Runs(_runs), PairReport.Ratios(_runs)]);
            call.Say(first.IsSameAs(second)
                ? "both shapes are the same, so the ratios show what this machine's noise is."
                : "ratios are B over A, each taken within a pair. '--pairs' without '--against' shows what ratios this machine's noise gives.");
        }
    }

    private async Task<int> RunAsync(int pair, bool isFirst)
    {
        var shape = isFirst ? first : second;
        var name = isFirst ? PairReport.First : PairReport.Second;
        var status = ExitCode.Success;
        var title = string.Create(CultureInfo.InvariantCulture, $"pair {pair} of {pairs}, {name}: ");
        await new BenchRunner(CallOf(shape), title).RunAsync(shape, (topic, brokers, figures) =>
        {
            status = figures.Status;
            Tell(brokers, figures, isFirst);
            if (figures.Failure is { } failure)
            {
                call.Say($"{title}the run failed, and is left out: {failure.Message}");
            }

            if (status == ExitCode.Success)
            {
                _shapes.TryAdd(isFirst, shape.ToListing($"shape{name}", topic));
                _runs.Add(new PairRun(pair, isFirst, figures));
            }
        });
        return status;
    }

    /// <summary>The client of the shape's cluster. The second one is made when it is first needed: from then on its answer is waited for.</summary>
    private ClusterCall CallOf(BenchShape shape) => shape.Servers == first.Servers ? call : _elsewhere ??= call.At(shape.Servers);

    /// <summary>What is the same in every run is told once.</summary>
    private void Tell(BrokerProcesses brokers, RunFigures figures, bool isFirst) =>
        figures.Tell(call, _shapes.ContainsKey(isFirst) ? brokers with { Missing = null } : brokers);
}
