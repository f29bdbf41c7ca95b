namespace Spate.Cli.Output;

/// <summary>The form of a result.</summary>
internal enum OutputFormat
{
    /// <summary>A line for each row with tabs between, no heading: for <c>cut</c>, <c>grep</c> and <c>while read</c>.</summary>
    Plain,

    /// <summary>For a person.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,
}
