namespace Spate.Broker.Network;

/// <summary>
/// Watches whether a large request goes on while others wait for memory. One that trickles would otherwise keep its share of the budget for
/// as long as its client likes; where nobody waits, it may. Asked by one sweep at a time.
/// </summary>
internal sealed class FrameProgress(FrameReader reader, MemoryBudget budget, ConnectionActivity activity, TimeProvider time)
{
    /// <summary>What has to come of a request within <see cref="Period"/> while others wait: two kibibytes a second, less than any telephone line.</summary>
    public const int BytesMin = 64 * 1024;

    /// <summary>How long a request is watched before it is judged.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private FrameAssembly? _watched;
    private int _received;
    private long _since;

    /// <summary>Whether less than <see cref="BytesMin"/> came within <see cref="Period"/>, though the client could have sent more.</summary>
    public bool HasStalled()
    {
        var frame = reader.Large;
        if (frame is null || activity.WaitingForTurn || budget.Waiting == 0)
        {
            _watched = null;
            return false;
        }

        if (!ReferenceEquals(frame, _watched))
        {
            Watch(frame);
            return false;
        }

        if (time.GetElapsedTime(_since) < Period)
        {
            return false;
        }

        var received = frame.Received - _received;
        Watch(frame);
        return received < BytesMin;
    }

    private void Watch(FrameAssembly frame)
    {
        _watched = frame;
        _received = frame.Received;
        _since = time.GetTimestamp();
    }
}
