namespace Spate.Cli.Bench;

/// <summary>What a measurement does.</summary>
internal enum BenchKind
{
    /// <summary>Writes, and nobody reads.</summary>
    Produce,

    /// <summary>Reads what was written before, again and again.</summary>
    Consume,

    /// <summary>Writes at a rate, reads at the same time, and looks how long each record takes.</summary>
    Latency,

    /// <summary>Writes and reads at the same time.</summary>
    Mixed,
}
