namespace Spate.Broker.Network;

/// <summary>What one connection may take before it is slowed down or closed. Immutable; shared by all connections of a listener.</summary>
public sealed record ConnectionLimits
{
    /// <summary>The limits that a broker has when its configuration says nothing.</summary>
    public static ConnectionLimits Default { get; } = new();

    /// <summary>
    /// The largest request body in bytes, without its four-byte length (<c>socket.request.max.bytes</c>). A frame that announces more, or a
    /// negative length, closes its connection. Default 104857600 (100 MiB), from 1.
    /// </summary>
    public int RequestBytesMax { get; init => field = AtLeastOne(value, nameof(RequestBytesMax)); } = 104_857_600;

    /// <summary>
    /// How long a connection may go without a byte in either direction while the client owes the next move
    /// (<c>connections.max.idle.ms</c>): nothing asked, half a request sent, or a reply not taken. Time that the broker itself takes does
    /// not count. Default 10 minutes; <see cref="Timeout.InfiniteTimeSpan"/> never closes for idleness. Closing comes up to one sweep
    /// late, see <see cref="IdleSweepInterval"/>.
    /// </summary>
    public TimeSpan IdleTimeout { get; init => field = AboveZeroOrInfinite(value); } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How long a client may take nothing of a reply that is being sent, also where the idle timeout is longer or infinite. Default 10
    /// minutes, above zero: a consumer takes nothing while it works on the records of its last poll, for which Kafka's clients have five.
    /// </summary>
    public TimeSpan ReplyStallTimeout { get; init => field = AboveZeroOrInfinite(value); } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// How many requests of one connection may be dispatched without their replies having left. At the bound the connection stops reading,
    /// and TCP slows the client down. Default 100: clients pipeline five by default, and none gains from more than a round trip's worth.
    /// </summary>
    public int RequestsInFlightMax { get; init => field = AtLeastOne(value, nameof(RequestsInFlightMax)); } = 100;

    /// <summary>
    /// Bytes of finished replies that may stand in memory behind one connection before it stops reading. File-backed parts take no memory
    /// and do not count. It is checked between requests, so what is in flight already may add to it. Default 4 MiB, from 1.
    /// </summary>
    public int ReplyBytesQueuedMax { get; init => field = AtLeastOne(value, nameof(ReplyBytesQueuedMax)); } = 4 * 1024 * 1024;

    /// <summary>
    /// How often idle connections are looked for: a tenth of the timeout, so that lateness is small beside it, from one second (a sweep
    /// touches every connection) to thirty (unused buffers are given back on the same beat).
    /// </summary>
    internal TimeSpan IdleSweepInterval => IdleTimeout == Timeout.InfiniteTimeSpan
        ? TimeSpan.FromSeconds(30)
        : TimeSpan.FromSeconds(Math.Clamp(IdleTimeout.TotalSeconds / 10, 1, 30));

    private static int AtLeastOne(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }

    private static TimeSpan AboveZeroOrInfinite(TimeSpan value)
    {
        if (value <= TimeSpan.Zero && value != Timeout.InfiniteTimeSpan)
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A timeout is above zero, or infinite.");
        }

        return value;
    }
}
