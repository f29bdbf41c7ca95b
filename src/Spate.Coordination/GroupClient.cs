namespace Spate.Coordination;

/// <summary>Who asks, and in which version of the request: what a group remembers of its members, and what replies depend on.</summary>
/// <param name="ClientId">The client's name for itself, from the request header; member ids begin with it.</param>
/// <param name="Host">The address that the connection comes from, as Kafka writes it: <c>/10.0.0.7</c>.</param>
/// <param name="ApiVersion">The version of the request.</param>
public sealed record GroupClient(string ClientId, string Host, short ApiVersion);
