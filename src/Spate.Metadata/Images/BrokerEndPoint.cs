namespace Spate.Metadata.Images;

/// <summary>Where a node listens, as it has registered.</summary>
/// <param name="Name">The listener's name.</param>
/// <param name="Host">The host that others connect to.</param>
/// <param name="Port">The port there, 1 to 65535.</param>
/// <param name="SecurityProtocol">How it is protected: 0 not at all, 1 by TLS, 2 by SASL, 3 by SASL over TLS.</param>
public sealed record BrokerEndPoint(string Name, string Host, ushort Port, short SecurityProtocol);
