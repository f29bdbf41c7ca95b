namespace Spate.Coordination.Shares.Partitions;

/// <summary>What has become of a record in a share group. The numbers are those of the log and of the share-state requests (KIP-932).</summary>
public enum DeliveryState : sbyte
{
    /// <summary>Waits to be handed out, for the first time or again.</summary>
    Available = 0,

    /// <summary>Is with a member, whose lock keeps it from the others. Never written down: after a restart such a record is available.</summary>
    Acquired = 1,

    /// <summary>Was accepted, and is done with.</summary>
    Acknowledged = 2,

    /// <summary>Is done with otherwise: rejected, delivered too often, or not there at all.</summary>
    Archived = 4,
}
