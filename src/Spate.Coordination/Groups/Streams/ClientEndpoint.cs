namespace Spate.Coordination.Groups.Streams;

/// <summary>Where an application answers questions about the state that it has.</summary>
internal sealed record ClientEndpoint(string Host, ushort Port);
