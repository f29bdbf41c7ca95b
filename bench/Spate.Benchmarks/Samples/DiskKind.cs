namespace Spate.Benchmarks.Samples;

/// <summary>Where a log under measurement lies.</summary>
public enum DiskKind
{
    /// <summary>In memory of this process: what the log itself costs, and copies.</summary>
    Memory,

    /// <summary>In a directory below <c>$TMPDIR</c>, unflushed: what the calls of the operating system and its page cache add.</summary>
    Physical,
}
