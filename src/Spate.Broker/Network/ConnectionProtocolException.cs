namespace Spate.Broker.Network;

/// <summary>
/// The client broke the protocol in a way that no reply can express (a header that cannot be read, a request before authentication). A
/// dispatcher throws it to have the connection closed, after the replies before it, with one warning that carries the message.
/// </summary>
public sealed class ConnectionProtocolException : Exception
{
    /// <param name="message">What the client did wrong, as the end of the sentence "the connection is closed because ...".</param>
    public ConnectionProtocolException(string message)
        : base(message)
    {
    }

    /// <param name="message">What the client did wrong.</param>
    /// <param name="innerException">What reading the request failed with.</param>
    public ConnectionProtocolException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
