using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>What a batch says about all its records. One instance can serve any number of batches.</summary>
public sealed record RecordBatchOptions
{
    /// <summary>Uncompressed records of a plain producer.</summary>
    public static RecordBatchOptions Default { get; } = new();

    /// <summary>Offset of the first record; 0, the default, in what a producer sends.</summary>
    public long BaseOffset { get; init; }

    /// <summary>-1, the default, in what a producer sends.</summary>
    public int PartitionLeaderEpoch { get; init; } = -1;

    public CompressionCodec Codec { get; init; }

    /// <summary>The codec's level; null, the default, for the codec's own choice.</summary>
    public int? CompressionLevel { get; init; }

    /// <summary>Milliseconds since 1970 that stand for every record's time; null, the default, keeps the time of each record.</summary>
    public long? LogAppendTime { get; init; }

    /// <summary>Milliseconds since 1970 from which the cleaner may drop tombstones and markers (KIP-534); null, the default, for none.</summary>
    public long? DeleteHorizon { get; init; }

    /// <summary>-1, the default, without idempotence.</summary>
    public long ProducerId { get; init; } = -1;

    /// <summary>-1, the default, without idempotence.</summary>
    public short ProducerEpoch { get; init; } = -1;

    /// <summary>-1, the default, without idempotence.</summary>
    public int BaseSequence { get; init; } = -1;

    public bool IsTransactional { get; init; }

    public bool IsControl { get; init; }

    /// <summary>
    /// The offset up to which the batch reaches when that is more than its last record's: what compaction keeps so that offsets and
    /// sequence numbers still follow on. Null, the default, for the last record's own.
    /// </summary>
    public long? LastOffset { get; init; }
}
