namespace Spate.Broker.Network;

/// <summary>How many connections one listener lets in, beside what holds for the whole broker.</summary>
/// <param name="ConnectionsMax">Connections at once, from 0 (<c>listener.name.NAME.max.connections</c>). Further ones wait to be accepted.</param>
/// <param name="CreationsPerSecondMax">
/// Connections let in within a second, from 0 (<c>listener.name.NAME.max.connection.creation.rate</c>). Further ones wait to be accepted.
/// </param>
public readonly record struct ListenerBounds(int ConnectionsMax, int CreationsPerSecondMax)
{
    /// <summary>No bound at all.</summary>
    public static ListenerBounds None { get; } = new(int.MaxValue, int.MaxValue);
}
