namespace Spate.Simulation.Canaries;

/// <summary>A reader of committed records who reads all that is there.</summary>
internal sealed class ReadsAll : Sabotage
{
    public override long Readable(long lastStableOffset, long end) => end;
}
