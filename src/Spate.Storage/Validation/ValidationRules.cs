using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// What a topic's configuration asks of what is appended to it: a snapshot, made anew when the configuration changes. Immutable.
/// </summary>
public sealed record ValidationRules
{
    /// <summary>Default of <see cref="MaximumBatchSize"/>, in bytes: one mebibyte and the overhead of an entry.</summary>
    public const int DefaultMaximumBatchSize = 1048588;

    /// <summary>
    /// How many times <see cref="MaximumBatchSize"/> a batch may grow by decompression, unless a floor or a ceiling says otherwise.
    /// </summary>
    public const int DecompressionFactor = 64;

    /// <summary>Bytes that a batch may always decompress to, however small the topic's batches are: 16 MiB.</summary>
    public const int DecompressedSizeFloor = 16 << 20;

    /// <summary>Bytes that no batch may decompress to, however large the topic's batches are: 512 MiB.</summary>
    public const int DecompressedSizeCeiling = 512 << 20;

    /// <summary>max.message.bytes: the most bytes of one batch, header included, compressed as it is.</summary>
    public int MaximumBatchSize { get; init; } = DefaultMaximumBatchSize;

    /// <summary>
    /// message.timestamp.type. With <see cref="TimestampType.LogAppendTime"/> the producer's timestamps count for nothing.
    /// </summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>
    /// message.timestamp.before.max.ms (KIP-937): how far, in milliseconds, a create time may lie behind the broker's clock.
    /// </summary>
    public long TimestampBeforeMaximumMs { get; init; } = long.MaxValue;

    /// <summary>
    /// message.timestamp.after.max.ms (KIP-937): how far, in milliseconds, a create time may lie ahead of the broker's clock.
    /// </summary>
    public long TimestampAfterMaximumMs { get; init; } = long.MaxValue;

    /// <summary>cleanup.policy contains "compact": a record without a key could never be compacted and is refused.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>
    /// compression.type: the codec that batches are stored in; null, the default, is "producer", the one that they came in.
    /// </summary>
    public CompressionCodec? TargetCodec { get; init; }

    /// <summary>
    /// compression.gzip.level and its siblings (KIP-390), whichever belongs to <see cref="TargetCodec"/>; null for the codec's own.
    /// </summary>
    public int? CompressionLevel { get; init; }

    /// <summary>
    /// The most bytes that the records of one batch may decompress to, so that a few kilobytes from a stranger cannot claim the memory of
    /// the machine. Null, the default, gives <see cref="DecompressionFactor"/> times <see cref="MaximumBatchSize"/>, at least
    /// <see cref="DecompressedSizeFloor"/> and at most <see cref="DecompressedSizeCeiling"/>. Kafka has no such bound. A producer that
    /// meets it is told MESSAGE_TOO_LARGE, on which Kafka's own clients split the batch and send the halves.
    /// </summary>
    public int? DecompressedSizeMaximum { get; init; }

    internal int EffectiveDecompressedSizeMaximum =>
        DecompressedSizeMaximum
        ?? (int)Math.Clamp((long)MaximumBatchSize * DecompressionFactor, DecompressedSizeFloor, DecompressedSizeCeiling);
}
