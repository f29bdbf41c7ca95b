namespace Spate.Storage.Epochs;

/// <summary>The answer to OffsetForLeaderEpoch (KIP-101, KIP-279): the largest epoch not above the one asked for, and where it ends.</summary>
/// <param name="Epoch">The epoch, or -1.</param>
/// <param name="EndOffset">The offset behind its last record, or -1.</param>
public readonly record struct EpochEnd(int Epoch, long EndOffset)
{
    /// <summary>Nothing is known of the epoch: -1 and -1, as on the wire.</summary>
    public static EpochEnd Undefined => new(-1, -1);
}
