namespace Spate.Simulation.Transactions;

/// <summary>One transaction, as whoever began it knows it, and what became of it.</summary>
internal sealed class Attempt(ProducerInstance who, int number)
{
    public ProducerInstance Who { get; } = who;

    /// <summary>Whether its commit was asked for.</summary>
    public bool IsCommitSent { get; set; }

    /// <summary>What its producer was told; null when it was told nothing.</summary>
    public bool? Promised { get; set; }

    /// <summary>What the first marker that reached a partition said of it; null before.</summary>
    public bool? Outcome { get; set; }

    public override string ToString() => $"transaction {number} of {Who}";
}
