namespace Spate.Coordination.Shares.Partitions;

/// <summary>How strictly the number of records that a member asks for is taken (KIP-1206). The numbers are the protocol's.</summary>
public enum AcquireMode : sbyte
{
    /// <summary>The last batch is handed out whole, so that a few more records may come.</summary>
    BatchOptimized = 0,

    /// <summary>Never more than were asked for.</summary>
    RecordLimit = 1,
}
