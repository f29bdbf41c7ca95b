namespace Spate.Cli.Bench.Load;

/// <summary>What was counted up to a moment.</summary>
/// <param name="Posted">Records given to producers.</param>
/// <param name="Delivered">Records that were delivered.</param>
/// <param name="Read">Records that were handed out.</param>
/// <param name="ReadBytes">Bytes of their values.</param>
internal readonly record struct LoadCounters(long Posted, long Delivered, long Read, long ReadBytes)
{
    public static LoadCounters operator -(LoadCounters now, LoadCounters before) =>
        new(now.Posted - before.Posted, now.Delivered - before.Delivered, now.Read - before.Read, now.ReadBytes - before.ReadBytes);
}
