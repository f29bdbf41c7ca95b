using System.Security.Cryptography;

namespace Spate.Client.Authentication;

/// <summary>
/// How a client proves who it is (SASL). It is done over each connection after TLS, if there is any, and again over the same connection before the broker's
/// session ends (KIP-368). Immutable. The text of it names the mechanism and the user, never a secret.
/// </summary>
public sealed class SaslOptions
{
    private readonly Func<ISaslExchange> _begin;
    private readonly string _description;

    private SaslOptions(string mechanism, string description, Func<ISaslExchange> begin)
    {
        Mechanism = mechanism;
        _description = description;
        _begin = begin;
    }

    /// <summary>The mechanism's registered name. Kafka: <c>sasl.mechanism</c>.</summary>
    public string Mechanism { get; }

    /// <summary>Name and password as they are (RFC 4616): over TLS only, since whoever listens can read them.</summary>
    /// <param name="user">The name.</param>
    /// <param name="password">The password.</param>
    /// <exception cref="ArgumentException">One of them is empty, or has a character 0 in it.</exception>
    public static SaslOptions Plain(string user, string password)
    {
        RequireText(user, nameof(user));
        RequireText(password, nameof(password));
        return new SaslOptions("PLAIN", $"PLAIN as {user}", () => new PlainExchange(user, password));
    }

    /// <summary>A proof of the password by SHA-256, which shows the password to nobody, and by which the broker proves that it knows it too (RFC 7677).</summary>
    /// <inheritdoc cref="Plain" path="/param|/exception"/>
    public static SaslOptions ScramSha256(string user, string password) => Scram("SCRAM-SHA-256", HashAlgorithmName.SHA256, user, password);

    /// <summary>A proof of the password by SHA-512, which shows the password to nobody, and by which the broker proves that it knows it too.</summary>
    /// <inheritdoc cref="Plain" path="/param|/exception"/>
    public static SaslOptions ScramSha512(string user, string password) => Scram("SCRAM-SHA-512", HashAlgorithmName.SHA512, user, password);

    /// <summary>A token that somebody else has given out (RFC 7628).</summary>
    /// <param name="token">
    /// Gives a token that is good now. It is asked for each connection and each time that a session is renewed, by several at once, so it keeps tokens as long as they are good.
    /// </param>
    public static SaslOptions OAuthBearer(Func<CancellationToken, ValueTask<OAuthBearerToken>> token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return new SaslOptions("OAUTHBEARER", "OAUTHBEARER", () => new OAuthBearerExchange(token));
    }

    /// <summary>In words.</summary>
    public override string ToString() => _description;

    /// <summary>A fresh exchange, for one authentication.</summary>
    internal ISaslExchange Begin() => _begin();

    private static SaslOptions Scram(string mechanism, HashAlgorithmName hash, string user, string password)
    {
        RequireText(user, nameof(user));
        RequireText(password, nameof(password));
        return new SaslOptions(mechanism, $"{mechanism} as {user}", () => new ScramExchange(hash, user, password, ScramExchange.NewNonce()));
    }

    private static void RequireText(string text, string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(text, name);
        if (text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("It has a character 0 in it, which no mechanism can carry.", name);
        }
    }
}
