namespace Spate.Cli.Positions;

/// <summary>The offsets of a partition's log.</summary>
/// <param name="Start">Of the first record that is still there.</param>
/// <param name="End">Behind the last one.</param>
internal readonly record struct LogBounds(long Start, long End);
