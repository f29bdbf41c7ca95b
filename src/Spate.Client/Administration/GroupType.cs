namespace Spate.Client.Administration;

/// <summary>What kind of group it is, by the protocol that its members speak with the coordinator.</summary>
public enum GroupType
{
    /// <summary>A kind that is not told (before Kafka 3.8), or that this client does not know.</summary>
    Unknown = 0,

    /// <summary>Members agree among themselves (JoinGroup and SyncGroup).</summary>
    Classic,

    /// <summary>The coordinator assigns (KIP-848).</summary>
    Consumer,

    /// <summary>A share group (KIP-932).</summary>
    Share,

    /// <summary>A streams group (KIP-1071).</summary>
    Streams,
}
