using Spate.Broker.Network;

namespace Spate.Broker.Requests;

/// <summary>
/// Stands behind a listener until there is a dispatcher: addresses are taken before disks are opened, so that a port that is taken shows at
/// once, and what answers requests is there only afterwards.
/// </summary>
internal sealed class DeferredDispatcher : IRequestDispatcher
{
    private IRequestDispatcher? _target;

    /// <summary>Names the dispatcher, before the listener is started.</summary>
    public void Become(IRequestDispatcher target) => _target = target;

    public ValueTask<OutgoingFrame?> DispatchAsync(RequestFrame frame, ConnectionContext connection, CancellationToken closed) =>
        _target is { } target
            ? target.DispatchAsync(frame, connection, closed)
            : throw new InvalidOperationException("A listener was started before there was anything to answer its clients.");
}
