using Spate.Protocol.Compression;

namespace Spate.Protocol.Records;

/// <summary>The attributes of a record batch, taken apart.</summary>
/// <param name="Value">The field as it stands in the batch.</param>
public readonly record struct RecordBatchAttributes(short Value)
{
    private const short CodecMask = 0x07;
    private const short TimestampTypeBit = 0x08;
    private const short TransactionalBit = 0x10;
    private const short ControlBit = 0x20;
    private const short DeleteHorizonBit = 0x40;

    /// <summary>May be a number that no codec has: see <see cref="HasKnownCodec"/>.</summary>
    public CompressionCodec Codec => (CompressionCodec)(Value & CodecMask);

    public bool HasKnownCodec => Codec <= CompressionCodec.Zstd;

    public TimestampType TimestampType => (TimestampType)((Value & TimestampTypeBit) >> 3);

    public bool IsTransactional => (Value & TransactionalBit) != 0;

    /// <summary>The batch holds a marker that the platform wrote, not records of a user.</summary>
    public bool IsControl => (Value & ControlBit) != 0;

    /// <summary>The base timestamp is the time from which the cleaner may drop the batch's tombstones and marker (KIP-534).</summary>
    public bool HasDeleteHorizon => (Value & DeleteHorizonBit) != 0;

    public static RecordBatchAttributes Create(
        CompressionCodec codec,
        TimestampType timestampType = TimestampType.CreateTime,
        bool isTransactional = false,
        bool isControl = false,
        bool hasDeleteHorizon = false) =>
        new((short)((int)codec
            | ((int)timestampType << 3)
            | (isTransactional ? TransactionalBit : 0)
            | (isControl ? ControlBit : 0)
            | (hasDeleteHorizon ? DeleteHorizonBit : 0)));

    public RecordBatchAttributes With(TimestampType timestampType) =>
        new((short)((Value & ~TimestampTypeBit) | ((int)timestampType << 3)));
}
