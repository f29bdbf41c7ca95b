namespace Spate.Simulation.Canaries;

/// <summary>A keeper of delivery state that is not told which leader speaks.</summary>
internal sealed class UnfencedShares : Sabotage
{
    public override int HeardLeaderEpoch(int leaderEpoch) => -1;
}
