namespace Spate.Broker.Network;

/// <summary>
/// When bytes last moved on a connection, and whether the broker or the client owes the next move. Reader and sender write it, the sweep
/// reads it; each field stands for itself, so no lock is needed.
/// </summary>
internal sealed class ConnectionActivity(TimeProvider time, NetworkMetrics metrics)
{
    private long _movedAt = time.GetTimestamp();
    private volatile bool _sending;
    private volatile bool _waitingForTurn;
    private volatile bool _dispatching;

    /// <summary>Whether bytes of a reply are with the transport and wait for the client to take them.</summary>
    public bool Sending
    {
        get => _sending;
        set => _sending = value;
    }

    /// <summary>Whether the reader waits for its turn: to use memory, or to have a request handled.</summary>
    public bool WaitingForTurn
    {
        get => _waitingForTurn;
        set
        {
            _waitingForTurn = value;
            Touch();
        }
    }

    /// <summary>Whether a request is with the dispatcher, which has not said yet how it will answer.</summary>
    public bool Dispatching
    {
        get => _dispatching;
        set => _dispatching = value;
    }

    /// <summary>How long no byte moved.</summary>
    public TimeSpan Still => time.GetElapsedTime(Volatile.Read(ref _movedAt));

    /// <summary>Starts the client's time anew: now it is the client's move.</summary>
    public void Touch() => Volatile.Write(ref _movedAt, time.GetTimestamp());

    /// <summary>When bytes last came in, by the clock's timestamps. For the reader alone.</summary>
    public long ReceivedAt { get; private set; }

    public void Received(int bytes)
    {
        ReceivedAt = time.GetTimestamp();
        Volatile.Write(ref _movedAt, ReceivedAt);
        metrics.BytesReceived(bytes);
    }

    public void Sent(int bytes)
    {
        Touch();
        metrics.BytesSent(bytes);
    }
}
