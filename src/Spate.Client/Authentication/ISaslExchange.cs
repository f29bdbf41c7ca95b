namespace Spate.Client.Authentication;

/// <summary>The client's side of one authentication, in the order of the messages. Used once.</summary>
internal interface ISaslExchange
{
    /// <summary>The first message.</summary>
    ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken);

    /// <summary>The answer to what the server said; null when there is nothing more to say and the server has proved all that it has to.</summary>
    /// <exception cref="SaslRefusalException">The server said something that cannot be accepted.</exception>
    byte[]? Answer(ReadOnlySpan<byte> challenge);
}
