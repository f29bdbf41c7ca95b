namespace Spate.Broker.Network;

/// <summary>What one listener has of its broker's connections. Its state belongs to <see cref="ConnectionQuotas"/>, under whose lock it is.</summary>
/// <param name="options">The listener.</param>
/// <param name="leastRecentlyUsed">Finds the connection that was silent for longest, or null where there is none.</param>
/// <param name="time">The clock.</param>
internal sealed class ListenerQuota(ListenerOptions options, Func<Connection?> leastRecentlyUsed, TimeProvider time)
{
    public bool IsInterBroker => options.IsInterBroker;

    /// <summary>The setting that bounds its connections.</summary>
    public string MaxKey => $"listener.name.{options.Name.ToLowerInvariant()}.max.connections";

    /// <summary>Its bounds at this moment.</summary>
    public ListenerBounds Bounds => options.Bounds();

    public CreationRate Rate { get; } = new(time);

    /// <summary>Connections that were let in and have not ended.</summary>
    public int Count { get; set; }

    /// <summary>Completed when a place may be free, while the listener waits for one.</summary>
    public TaskCompletionSource? Waiting { get; set; }

    public Connection? LeastRecentlyUsed() => leastRecentlyUsed();
}
