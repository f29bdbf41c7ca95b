namespace Spate.Broker.Network;

/// <summary>
/// A connection whose replies hold much memory, as <see cref="InFlightMemory"/> sees it. <see cref="Bytes"/> and <see cref="IsLeaving"/> are guarded by its lock.
/// </summary>
/// <param name="activity">Tells whether the client is waited for, and for how long.</param>
/// <param name="cut">Closes the connection, given how many bytes its replies hold.</param>
internal sealed class ReplyHolder(ConnectionActivity activity, Action<long> cut)
{
    /// <summary>What its replies hold.</summary>
    public long Bytes { get; set; }

    /// <summary>Whether it was cut, so that its memory is as good as free.</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether its client has been sent something that it has not taken yet.</summary>
    public bool IsWaitedFor => activity.Sending;

    /// <summary>How long its client has taken nothing.</summary>
    public TimeSpan Still => activity.Still;

    /// <summary>Closes the connection.</summary>
    public void Cut() => cut(Bytes);
}
