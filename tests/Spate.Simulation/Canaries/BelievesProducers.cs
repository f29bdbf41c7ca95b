namespace Spate.Simulation.Canaries;

/// <summary>Partitions that let in whatever a producer writes.</summary>
internal sealed class BelievesProducers : Sabotage
{
    public override bool ChecksProducers => false;
}
