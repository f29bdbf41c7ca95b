namespace Spate.Protocol.Records;

/// <summary>Where the parts of a record stand, in bytes from the start of the batch's records. A length of -1 stands for null.</summary>
internal struct RecordFields
{
    public long TimestampDelta;
    public int OffsetDelta;
    public int KeyStart;
    public int KeyLength;
    public int ValueStart;
    public int ValueLength;
    public int HeadersStart;
    public int HeaderCount;
}
