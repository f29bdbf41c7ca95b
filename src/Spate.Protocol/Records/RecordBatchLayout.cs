namespace Spate.Protocol.Records;

/// <summary>
/// Where the fields of a record batch of magic 2 stand (KIP-98), in bytes from its start; all integers are big-endian. Base offset, length
/// and magic stand at the same place in the messages of magic 0 and 1.
/// </summary>
public static class RecordBatchLayout
{
    public const int BaseOffset = 0;

    /// <summary>An int32: the bytes that follow this field.</summary>
    public const int BatchLength = 8;

    public const int PartitionLeaderEpoch = 12;
    public const int Magic = 16;

    /// <summary>CRC-32C of everything from <see cref="Attributes"/> to the end: base offset and leader epoch can change without it.</summary>
    public const int Crc = 17;

    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordCount = 57;

    /// <summary>The first record, or the compressed records. Also the size of the header.</summary>
    public const int Records = 61;

    /// <summary>Bytes before the part that the length field counts: offset and length, in every magic.</summary>
    public const int LogOverhead = 12;

    /// <summary>The fewest bytes a record takes: its length, attributes, two deltas, two lengths and a header count, one byte each.</summary>
    public const int MinimumRecordSize = 7;

    /// <summary>The magic this layout belongs to.</summary>
    public const byte CurrentMagic = 2;
}
