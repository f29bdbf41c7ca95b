using Spate.Broker.Network;

namespace Spate.Testing.Faults;

/// <summary>What becomes of a request that a fault has befallen.</summary>
internal abstract class FaultAction
{
    /// <summary>
    /// Answers the request, or not. As any dispatcher does, it runs what must happen in the order of the connection's requests before it returns.
    /// </summary>
    public abstract ValueTask<OutgoingFrame?> AnswerAsync(FaultedCall call);
}
