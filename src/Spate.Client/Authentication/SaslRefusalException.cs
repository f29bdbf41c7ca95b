namespace Spate.Client.Authentication;

/// <summary>What a server said in an authentication cannot be accepted. Whoever speaks with the server adds who that is.</summary>
internal sealed class SaslRefusalException(string message) : Exception(message);
