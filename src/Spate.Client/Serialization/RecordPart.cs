namespace Spate.Client.Serialization;

/// <summary>Which part of a record is written or read.</summary>
public enum RecordPart
{
    /// <summary>The key.</summary>
    Key,

    /// <summary>The value.</summary>
    Value,
}
