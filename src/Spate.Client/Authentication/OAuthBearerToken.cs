namespace Spate.Client.Authentication;

/// <summary>A token, and what goes along with it. The text of it says neither.</summary>
public sealed class OAuthBearerToken
{
    private const string Reserved = "auth";

    /// <param name="value">The token in its compact form.</param>
    /// <param name="extensions">Names of letters, and values of visible characters and blanks (KIP-342); null for none.</param>
    /// <exception cref="ArgumentException">The token is empty or has characters that no token has, or an extension cannot be sent.</exception>
    public OAuthBearerToken(string value, IReadOnlyDictionary<string, string>? extensions = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        if (value.AsSpan().IndexOfAnyExceptInRange('!', '~') >= 0)
        {
            throw new ArgumentException("A token has visible ASCII characters only.", nameof(value));
        }

        foreach (var (name, text) in extensions ?? new Dictionary<string, string>())
        {
            if (name.Length == 0 || name == Reserved || !name.All(char.IsAsciiLetter))
            {
                throw new ArgumentException($"The extension '{name}' cannot be sent: names have ASCII letters only, and '{Reserved}' is taken.", nameof(extensions));
            }

            if (text is null || !text.All(static character => character is (>= ' ' and <= '~') or '\t' or '\r' or '\n'))
            {
                throw new ArgumentException($"The value of the extension '{name}' cannot be sent: it has visible ASCII characters and blanks only.", nameof(extensions));
            }
        }

        Value = value;
        Extensions = extensions is null ? new Dictionary<string, string>() : new Dictionary<string, string>(extensions);
    }

    /// <summary>The token.</summary>
    public string Value { get; }

    /// <summary>What goes along with it.</summary>
    public IReadOnlyDictionary<string, string> Extensions { get; }

    /// <summary>Says nothing: a token that is logged is a token that is lost.</summary>
    public override string ToString() => nameof(OAuthBearerToken);
}
