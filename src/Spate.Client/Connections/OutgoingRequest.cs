using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>A request as it will go over the wire, with who waits for what comes of it.</summary>
internal readonly record struct OutgoingRequest(MessageWriter Writer, PendingReply Pending);
