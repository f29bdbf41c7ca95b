using Spate.Client.Consuming;

namespace Spate.Client.Sharing;

/// <summary>What one answer brought for one partition, not yet handed out or not all of it.</summary>
/// <param name="Fetched">The bytes.</param>
/// <param name="Lease">Which of the records are this member's.</param>
internal sealed record ShareChunk(FetchedChunk Fetched, ShareLease Lease)
{
    /// <summary>What lies before this offset has been handed out. The enumeration's.</summary>
    public long NextOffset { get; set; }

    /// <summary>Nothing more can be read of it. The enumeration's.</summary>
    public bool IsSpent { get; set; }
}
