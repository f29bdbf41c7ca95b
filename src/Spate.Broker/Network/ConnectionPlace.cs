using System.Net;

namespace Spate.Broker.Network;

/// <summary>One connection's place among those that a broker may have. Disposing gives it back; doing it again does nothing.</summary>
internal sealed class ConnectionPlace(ConnectionQuotas quotas, ListenerQuota listener, IPAddress? address) : IDisposable
{
    private int _disposed;

    public ListenerQuota Listener { get; } = listener;

    /// <summary>The client's address, or null where it has none and is not counted by it.</summary>
    public IPAddress? Address { get; } = address;

    /// <summary>Whether the connection was let in, and so counts. Written by the quotas, under their lock.</summary>
    public bool IsIn { get; set; }

    /// <summary>The setting that keeps the connection waiting, or null when none did so far. Written by the quotas.</summary>
    public string? HeldBackBy { get; set; }

    /// <summary>Waits until there is room for the connection, and as long as the rate of new ones asks.</summary>
    /// <exception cref="OperationCanceledException">The listener stops; the caller disposes the place.</exception>
    public ValueTask EnterAsync(CancellationToken cancellation) => quotas.EnterAsync(this, cancellation);

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            quotas.Leave(this);
        }
    }
}
