namespace Spate.Simulation;

/// <summary>What came of a run.</summary>
/// <param name="Options">What was run.</param>
/// <param name="Steps">How many steps there were, those in which the world settled among them.</param>
/// <param name="Check">Which check failed; null when none did.</param>
/// <param name="What">What it found.</param>
/// <param name="Trace">The last steps.</param>
/// <param name="Fingerprint">The same whenever the same happened.</param>
internal sealed record SimulationResult(SimulationOptions Options, int Steps, string? Check, string? What, IReadOnlyList<string> Trace, long Fingerprint)
{
    /// <summary>What went wrong and where, in a line.</summary>
    public string Headline => $"seed {Options.Seed}, scenario {Options.Scenario}, step {Steps}: {Check}: {What}".ReplaceLineEndings(" ");

    public override string ToString() => Check is null
        ? $"seed {Options.Seed}, scenario {Options.Scenario}: {Steps} steps, nothing wrong"
        : $"""
           {Check}: {What}

           seed {Options.Seed}, step {Steps}, scenario {Options.Scenario}. What happened last:
           {string.Join('\n', Trace)}

           ./simulate --seed {Options.Seed} --steps {Options.Steps} --scenario {Options.Scenario}
           """;
}
