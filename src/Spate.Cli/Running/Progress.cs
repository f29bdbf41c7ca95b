namespace Spate.Cli.Running;

/// <summary>How far long work has come.</summary>
/// <param name="Done">What is behind it.</param>
/// <param name="Total">What it comes to in all; null when nobody knows.</param>
/// <param name="What">What is counted, such as <c>records read</c>.</param>
internal readonly record struct Progress(long Done, long? Total, string What)
{
    /// <summary>Whether bytes are counted, which are told in a size that can be taken in.</summary>
    public bool IsBytes { get; init; }

    /// <summary>Something beside the count, such as what matched; empty for nothing.</summary>
    public string Remark { get; init; } = "";
}
