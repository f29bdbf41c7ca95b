namespace Spate.Simulation.Canaries;

/// <summary>Commits of offsets of which some come once more, long after.</summary>
internal sealed class LateCommits : Sabotage
{
    public override bool RepeatsCommits => true;
}
