using System.Text.RegularExpressions;
using Spate.Client.Authentication;

namespace Spate.Cli.Connecting;

/// <summary>How a properties file says who the client is.</summary>
internal static partial class SaslProperties
{
    public static SaslOptions? Read(ClientProperties properties)
    {
        var mechanism = properties.Find("sasl.mechanism") ?? properties.Find("sasl.mechanisms");
        var login = properties.Find("sasl.jaas.config") ?? "";
        var user = properties.Find("sasl.username") ?? Option(login, "username");
        var password = properties.Find("sasl.password") ?? Option(login, "password");
        switch (mechanism?.ToUpperInvariant())
        {
            case "PLAIN" when user is not null && password is not null:
                return SaslOptions.Plain(user, password);
            case "SCRAM-SHA-256" when user is not null && password is not null:
                return SaslOptions.ScramSha256(user, password);
            case "SCRAM-SHA-512" when user is not null && password is not null:
                return SaslOptions.ScramSha512(user, password);
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512":
                properties.Fault($"sasl.mechanism is {mechanism}, which needs a name and a password: sasl.username and sasl.password, or sasl.jaas.config with username=\"...\" and password=\"...\".");
                return null;
            case null:
                properties.Fault("security.protocol wants SASL and sasl.mechanism says nothing; there are PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512.");
                return null;
            default:
                properties.Fault($"sasl.mechanism is {mechanism}; this program has PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512.");
                return null;
        }
    }

    /// <summary>An option of a login module: <c>username="alice"</c>, with a backslash before what would end the value.</summary>
    private static string? Option(string login, string name)
    {
        foreach (Match option in LoginOption().Matches(login))
        {
            if (option.Groups["name"].Value == name)
            {
                return option.Groups["quoted"].Success ? Escape().Replace(option.Groups["quoted"].Value, "${letter}") : option.Groups["bare"].Value;
            }
        }

        return null;
    }

    [GeneratedRegex("""(?<name>[A-Za-z.]+)\s*=\s*("(?<quoted>(\\.|[^"\\])*)"|(?<bare>[^\s";]+))""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex LoginOption();

    [GeneratedRegex(@"\\(?<letter>.)", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Escape();
}
