namespace Spate.Simulation;

/// <summary>Which world to run, and for how long.</summary>
internal sealed record SimulationOptions
{
    /// <summary>Decides everything that happens.</summary>
    public required int Seed { get; init; }

    /// <summary>How many steps things may go wrong; afterwards the world settles.</summary>
    public int Steps { get; init; } = 8_000;

    /// <summary>Whether the world is left alone afterwards until it has come to rest, and looked at then.</summary>
    public bool Settles { get; init; } = true;

    /// <summary>consumers, transactions, shares, streams, or all of them in one world.</summary>
    public string Scenario { get; init; } = Everything;

    /// <summary>How many of the last steps are told when something goes wrong.</summary>
    public int TraceLength { get; init; } = 60;

    public const string Everything = "all";

    public static IReadOnlyList<string> Scenarios { get; } = [Everything, "consumers", "transactions", "shares", "streams"];
}
