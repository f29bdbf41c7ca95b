using System.Diagnostics.Metrics;

namespace Spate.Broker.Network;

/// <summary>
/// What the listeners of a broker count. The numbers can be read directly, and are published by the instruments of a
/// <see cref="Meter"/> named Spate.Broker.Network. Safe for use by many threads.
/// </summary>
public sealed class NetworkMetrics : IDisposable
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "Spate.Broker.Network";

    private readonly long[] _closed = new long[Enum.GetValues<CloseReason>().Length];
    private long _accepted;
    private long _requests;
    private long _replies;
    private long _bytesIn;
    private long _bytesOut;

    public NetworkMetrics()
    {
        Meter.CreateObservableUpDownCounter("spate.network.connections.open", () => Open, "{connection}", "Connections that are open.");
        Meter.CreateObservableCounter("spate.network.connections.accepted", () => Accepted, "{connection}", "Connections accepted.");
        Meter.CreateObservableCounter("spate.network.connections.closed", MeasureClosed, "{connection}", "Connections closed, by reason.");
        Meter.CreateObservableCounter("spate.network.requests", () => Requests, "{request}", "Complete request frames received.");
        Meter.CreateObservableCounter("spate.network.replies", () => Replies, "{reply}", "Reply frames sent.");
        Meter.CreateObservableCounter("spate.network.bytes.in", () => BytesIn, "By", "Bytes received.");
        Meter.CreateObservableCounter("spate.network.bytes.out", () => BytesOut, "By", "Bytes sent.");
    }

    /// <summary>What publishes the numbers.</summary>
    internal Meter Meter { get; } = new(MeterName);

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

    /// <inheritdoc/>
    public void Dispose() => Meter.Dispose();

    internal void ConnectionAccepted() => Interlocked.Increment(ref _accepted);

    internal void ConnectionClosed(CloseReason reason) => Interlocked.Increment(ref _closed[(int)reason]);

    internal void RequestReceived() => Interlocked.Increment(ref _requests);

    internal void ReplySent() => Interlocked.Increment(ref _replies);

    internal void BytesReceived(int bytes) => Interlocked.Add(ref _bytesIn, bytes);

    internal void BytesSent(int bytes) => Interlocked.Add(ref _bytesOut, bytes);

    private IEnumerable<Measurement<long>> MeasureClosed()
    {
        foreach (var reason in Enum.GetValues<CloseReason>())
        {
            if (reason != CloseReason.None)
            {
                yield return new Measurement<long>(Closed(reason), new KeyValuePair<string, object?>("reason", reason.ToString()));
            }
        }
    }
}
