namespace Spate.Cli.Positions;

/// <summary>How a place in a log is said.</summary>
internal enum PositionKind
{
    /// <summary>The first record that is still there.</summary>
    Beginning,

    /// <summary>Behind the last record.</summary>
    End,

    Offset,

    /// <summary>So many records before the end.</summary>
    BeforeEnd,

    /// <summary>The first record of a time or later; the end when there is none.</summary>
    Time,
}
