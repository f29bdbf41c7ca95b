namespace Spate.Cli.Output;

/// <summary>What the numbers of a column count. Programs get the bare number, a person gets it in a size that can be taken in.</summary>
internal enum Unit
{
    None,

    /// <summary>Things, so many that thousands are set off.</summary>
    Count,

    Bytes,
    Milliseconds,
    Microseconds,
}
