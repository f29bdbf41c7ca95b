using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// Records of one partition that a leader has given this member together, until each is acknowledged or the lock ends. All of it is under the gate of the <see cref="ShareLedger"/>.
/// </summary>
/// <param name="node">The leader.</param>
/// <param name="session">Which of its sessions they are of: with the session they end.</param>
/// <param name="name">The partition.</param>
/// <param name="topicId">Its topic.</param>
internal sealed class ShareLease(ShareNode node, int session, TopicPartition name, Uuid topicId)
{
    private readonly SortedDictionary<long, short> _deliveries = [];

    public ShareNode Node => node;

    public TopicPartition Name => name;

    public Uuid TopicId => topicId;

    /// <summary>Whether the leader still holds them for this member, its clock aside.</summary>
    public bool IsHeld => node.SessionNumber == session;

    /// <summary>The clock's timestamp at which the lock ends.</summary>
    public long LockedUntil { get; set; }

    /// <summary>The first offset that is not acknowledged; null when there is none.</summary>
    public long? First => _deliveries.Count == 0 ? null : _deliveries.Keys.First();

    /// <summary>Offsets that were acquired.</summary>
    public void Acquire(long first, long last, short deliveryCount)
    {
        for (var offset = first; offset <= last; offset++)
        {
            _deliveries[offset] = deliveryCount;
        }
    }

    /// <summary>How often a record was delivered, this time included; null when it is not this member's, or is acknowledged.</summary>
    public short? DeliveryCountOf(long offset) => _deliveries.TryGetValue(offset, out var count) ? count : null;

    /// <summary>Takes an offset out, to acknowledge it; false when it is not there any more.</summary>
    public bool Take(long offset) => _deliveries.Remove(offset);

    /// <summary>Takes out what lies before an offset and was not met as a record.</summary>
    /// <param name="from">The first offset that may have been passed over.</param>
    /// <param name="to">The offset before which everything has been looked at.</param>
    public List<long> TakePassed(long from, long to)
    {
        var passed = _deliveries.Keys.Where(offset => offset >= from && offset < to).ToList();
        passed.ForEach(offset => _deliveries.Remove(offset));
        return passed;
    }
}
