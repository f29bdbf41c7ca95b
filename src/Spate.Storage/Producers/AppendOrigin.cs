namespace Spate.Storage.Producers;

/// <summary>Where a batch comes from, and so how much of its producer's fields is checked.</summary>
public enum AppendOrigin
{
    /// <summary>A Produce request: epoch and sequence are checked, duplicates are found.</summary>
    Client,

    /// <summary>A group or transaction coordinator of this broker: its batches have no sequence; epochs are checked.</summary>
    Coordinator,

    /// <summary>A leader, through replication, or the log itself, when it is read again: checked already, so nothing is.</summary>
    Replication,
}
