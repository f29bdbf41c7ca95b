namespace Spate.Broker.Network;

/// <summary>
/// What a dispatcher threw, told apart from what the transport threw: a disk that fails below a request is not a client that went away.
/// </summary>
internal sealed class DispatchFailedException(Exception cause) : Exception(cause.Message, cause);
