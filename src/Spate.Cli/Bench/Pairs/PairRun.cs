using Spate.Cli.Bench.Measuring;

namespace Spate.Cli.Bench.Pairs;

/// <summary>One run of a pair.</summary>
/// <param name="Pair">Which pair, from 1.</param>
/// <param name="IsFirst">Whether it is of the first shape.</param>
/// <param name="Figures">What it has found.</param>
internal sealed record PairRun(int Pair, bool IsFirst, RunFigures Figures);
