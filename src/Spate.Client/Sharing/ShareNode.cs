using Spate.Protocol;

namespace Spate.Client.Sharing;

/// <summary>
/// What a member of a share group has going with one broker: a session, in which one request is under way at a time, and what is to be acknowledged there. Under the gate of the <see cref="ShareLedger"/>.
/// </summary>
internal sealed class ShareNode(int id)
{
    public int Id { get; } = id;

    /// <summary>Counts its sessions; raised when one has ended, and with it all that was acquired in it.</summary>
    public int SessionNumber { get; private set; }

    /// <summary>The epoch of the next request; 0 begins a session.</summary>
    public int SessionEpoch { get; private set; }

    /// <summary>The partitions that the broker remembers.</summary>
    public Dictionary<TopicPartition, Uuid> Remembered { get; } = [];

    /// <summary>What is to be acknowledged with the next request.</summary>
    public Dictionary<TopicPartition, AcknowledgementGroup> Pending { get; } = [];

    /// <summary>Whose locks are to be renewed.</summary>
    public Dictionary<TopicPartition, AcknowledgementGroup> Renewals { get; } = [];

    /// <summary>What was sent and is not answered.</summary>
    public List<AcknowledgementGroup> Sent { get; } = [];

    /// <summary>The clock's timestamp since which something waits to be acknowledged.</summary>
    public long PendingSince { get; set; }

    /// <summary>Acknowledgements are to go at once.</summary>
    public bool IsFlushing { get; set; }

    /// <summary>A request is under way.</summary>
    public bool IsBusy { get; set; }

    public int Failures { get; set; }

    /// <summary>The clock's timestamp before which it is not asked again.</summary>
    public long RetryAt { get; set; }

    public bool HasSession => SessionEpoch > 0;

    /// <summary>A request of the session was answered.</summary>
    public void GoOn() => SessionEpoch = SessionEpoch == int.MaxValue ? 1 : SessionEpoch + 1;

    /// <summary>The session has ended, or may have: what was acquired in it is not held any more.</summary>
    /// <returns>What cannot be acknowledged any more.</returns>
    public List<AcknowledgementGroup> EndSession()
    {
        SessionNumber++;
        SessionEpoch = 0;
        Remembered.Clear();
        List<AcknowledgementGroup> lost = [.. Pending.Values, .. Renewals.Values];
        Pending.Clear();
        Renewals.Clear();
        return lost;
    }
}
