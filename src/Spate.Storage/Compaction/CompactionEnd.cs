namespace Spate.Storage.Compaction;

/// <summary>How the cleaning of a log ended.</summary>
internal enum CompactionEnd
{
    /// <summary>Everything up to an offset is clean.</summary>
    Cleaned,

    /// <summary>The log has changed under the cleaner, or it was told to stop: what it did until then stands, and the next cleaning does the rest.</summary>
    Stopped,

    /// <summary>A batch cannot be read.</summary>
    Corrupt,

    /// <summary>One batch has more keys than the map takes.</summary>
    MapTooSmall,
}
