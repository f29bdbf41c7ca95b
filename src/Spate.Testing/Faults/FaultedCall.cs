using Spate.Broker.Network;

namespace Spate.Testing.Faults;

/// <summary>A request on its way to the broker, stopped by a fault.</summary>
/// <param name="Request">What it asks.</param>
/// <param name="Work">Hands it on to the broker, and gives the reply. Called once at the most.</param>
/// <param name="Befell">Called once, when the fault has done to the request what it does.</param>
/// <param name="Closed">Cancelled when the connection closes.</param>
/// <param name="Ended">Cancelled when the broker goes down.</param>
/// <param name="Lifted">Cancelled when the fault ends.</param>
internal sealed record FaultedCall(
    FaultedRequest Request, Func<ValueTask<OutgoingFrame?>> Work, Action Befell, CancellationToken Closed, CancellationToken Ended, CancellationToken Lifted);
