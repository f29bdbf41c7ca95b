namespace Spate.Broker.Network;

/// <summary>What one listener counts. The numbers are published by <see cref="Telemetry.ListenerMetrics"/>. Safe for use by many threads.</summary>
public sealed class NetworkMetrics
{
    private readonly long[] _closed = new long[Enum.GetValues<CloseReason>().Length];
    private long _accepted;
    private long _requests;
    private long _replies;
    private long _bytesIn;
    private long _bytesOut;

    /// <summary>Connections accepted so far.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Connections open now.</summary>
    public long Open
    {
        get
        {
            var open = Accepted;
            for (var reason = 0; reason < _closed.Length; reason++)
            {
                open -= Volatile.Read(ref _closed[reason]);
            }

            return open;
        }
    }

    /// <summary>Connections closed so far, for whatever reason.</summary>
    public long ClosedInAll => Accepted - Open;

    /// <summary>Complete request frames received so far.</summary>
    public long Requests => Volatile.Read(ref _requests);

    /// <summary>Reply frames sent so far.</summary>
    public long Replies => Volatile.Read(ref _replies);

    /// <summary>Bytes received so far.</summary>
    public long BytesIn => Volatile.Read(ref _bytesIn);

    /// <summary>Bytes sent so far.</summary>
    public long BytesOut => Volatile.Read(ref _bytesOut);

    /// <summary>Connections closed so far for one reason.</summary>
    public long Closed(CloseReason reason) => Volatile.Read(ref _closed[(int)reason]);

    internal void ConnectionAccepted() => Interlocked.Increment(ref _accepted);

    internal void ConnectionClosed(CloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);

    internal void RequestReceived() => Interlocked.Increment(ref _requests);

    internal void ReplySent() => Interlocked.Increment(ref _replies);

    internal void BytesReceived(int bytes) => Interlocked.Add(ref _bytesIn, bytes);

    internal void BytesSent(int bytes) => Interlocked.Add(ref _bytesOut, bytes);
}
