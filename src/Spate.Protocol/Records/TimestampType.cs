namespace Spate.Protocol.Records;

/// <summary>What the timestamps of a batch mean (KIP-32): bit 3 of its attributes.</summary>
public enum TimestampType : byte
{
    /// <summary>Each record carries the time its producer gave it.</summary>
    CreateTime = 0,

    /// <summary>All records carry the time at which the broker appended them, which stands in the batch's maximum timestamp.</summary>
    LogAppendTime = 1,
}
