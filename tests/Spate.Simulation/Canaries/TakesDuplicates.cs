namespace Spate.Simulation.Canaries;

/// <summary>Partitions that write what they have already once more.</summary>
internal sealed class TakesDuplicates : Sabotage
{
    public override bool KnowsDuplicates => false;
}
