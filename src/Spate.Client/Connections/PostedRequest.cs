namespace Spate.Client.Connections;

/// <summary>What became of a request that was to take its place among the others.</summary>
/// <param name="Failure">Why it has none: the connection has ended. Null when it has one.</param>
/// <param name="MustWrite">Nobody writes: the caller does.</param>
/// <param name="MustAuthenticate">The client has to prove who it is first: the caller sees to that.</param>
internal readonly record struct PostedRequest(KafkaException? Failure, bool MustWrite, bool MustAuthenticate);
