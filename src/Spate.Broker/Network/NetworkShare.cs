namespace Spate.Broker.Network;

/// <summary>What all listeners of a broker share: memory and bounds.</summary>
/// <param name="Memory">Where frames lie.</param>
/// <param name="Connections">Who may come in.</param>
/// <param name="Requests">How many requests may be handled at once.</param>
public sealed record NetworkShare(FrameMemory Memory, ConnectionQuotas Connections, RequestGate Requests);
