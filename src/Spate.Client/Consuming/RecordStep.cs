namespace Spate.Client.Consuming;

/// <summary>How a step from record to record has ended.</summary>
internal enum RecordStep
{
    /// <summary>A record is handed out.</summary>
    Handed,

    /// <summary>No step was taken: somebody else wants to speak first, or the enumeration is to end.</summary>
    HeldUp,

    /// <summary>There is no further record in the batch, or there is no batch.</summary>
    BatchOver,

    /// <summary>The record counts as handed out, and could not be read.</summary>
    Unreadable,

    /// <summary>The rest of the batch is not wanted any more: somebody has sought, or the partition is somebody else's.</summary>
    Unwanted,

    /// <summary>What follows is no record.</summary>
    Corrupt,
}
