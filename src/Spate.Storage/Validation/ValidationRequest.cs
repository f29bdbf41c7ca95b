namespace Spate.Storage.Validation;

/// <summary>Everything that the verdict on an append depends on, besides its bytes.</summary>
public readonly record struct ValidationRequest
{
    public ValidationRequest()
    {
    }

    public required ValidationRules Rules { get; init; }

    /// <summary>The offset after the last one of the log: the first one to be given out, or the least that may be brought along.</summary>
    public required long NextOffset { get; init; }

    /// <summary>
    /// The epoch in which this broker leads, written into every batch. Of no concern to origins that bring their own offsets.
    /// </summary>
    public required int LeaderEpoch { get; init; }

    /// <summary>The broker's clock, in milliseconds since 1970.</summary>
    public required long NowMs { get; init; }

    public AppendOrigin Origin { get; init; }

    /// <summary>
    /// Whether messages of magic 0 and 1 may come (and are converted up): true below version 3 of Produce. The default is false.
    /// </summary>
    public bool AcceptsLegacyMagic { get; init; }

    /// <summary>Whether Zstandard may come (KIP-110): false below version 7 of Produce. The default is true.</summary>
    public bool AcceptsZstd { get; init; } = true;

    /// <summary>Whether offsets and leader epoch are given out here; otherwise they come along and are kept.</summary>
    internal bool AssignsOffsets => Origin is AppendOrigin.Client or AppendOrigin.Coordinator;
}
