namespace Spate.Coordination.Shares.Partitions;

/// <summary>What a member says of a record that it holds. The numbers are the protocol's (KIP-932; renewal: KIP-1222).</summary>
public enum AcknowledgeType : sbyte
{
    /// <summary>There is no record at this offset.</summary>
    Gap = 0,

    /// <summary>It was processed.</summary>
    Accept = 1,

    /// <summary>It is given back, and may be delivered again.</summary>
    Release = 2,

    /// <summary>It cannot be processed, and must not be delivered again.</summary>
    Reject = 3,

    /// <summary>It is still being processed: the lock begins anew.</summary>
    Renew = 4,
}
