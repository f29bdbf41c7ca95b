using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Spate.Client.Authentication;

namespace Spate.Client.Hosting.Configuration;

/// <summary>
/// Reads who the client is: <c>Mechanism</c>, <c>Username</c> and <c>Password</c> in a section <c>Sasl</c>, or Kafka's <c>sasl.mechanism</c> and <c>sasl.jaas.config</c>
/// (librdkafka's <c>sasl.username</c> and <c>sasl.password</c>) beside the client's own keys. No fault shows a secret.
/// </summary>
internal static partial class SaslSection
{
    public const string Name = "Sasl";

    private const string Mechanisms = "PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512. OAUTHBEARER takes code: Configure(options => options with { Sasl = SaslOptions.OAuthBearer(...) }), beside SSL";
    private static readonly string[] Properties = ["Mechanism", "Username", "Password"];
    private static readonly string[] Keys = ["sasl.mechanism", "sasl.username", "sasl.password", "sasl.jaas.config"];

    /// <summary>Whether an entry of a client's section is read here.</summary>
    public static bool Holds(IConfigurationSection entry) =>
        Keys.Contains(entry.Key, StringComparer.Ordinal) || (entry.Value is null && entry.Key.Equals(Name, StringComparison.OrdinalIgnoreCase));

    /// <returns>Null where nothing is said of it, or what is said cannot be used.</returns>
    public static SaslOptions? Read(IConfiguration section, ICollection<string> faults)
    {
        var place = section is IConfigurationSection { Path: var path } ? $"{path}:" : "";
        var protocol = section["Security"] ?? section["security.protocol"];
        var isWanted = protocol?.Trim().StartsWith("SASL_", StringComparison.OrdinalIgnoreCase) is true;
        var isSaid = section.GetChildren().Any(Holds);
        if (isSaid && !isWanted)
        {
            // Kafka's clients leave it out then, in silence.
            faults.Add($"{place}Security, or {place}security.protocol, must be SASL_PLAINTEXT or SASL_SSL where it is said who the client is, and {(protocol is null ? "says nothing" : $"is '{protocol}'")}.");
        }

        return isSaid || isWanted ? Read(section, place, faults) : null;
    }

    private static SaslOptions? Read(IConfiguration section, string place, ICollection<string> faults)
    {
        var own = section.GetSection(Name).GetChildren().ToList();
        foreach (var stranger in own.Where(static entry => !Properties.Contains(entry.Key, StringComparer.OrdinalIgnoreCase)))
        {
            faults.Add($"{stranger.Path} is no setting of {Name}; there are {string.Join(", ", Properties)}.");
        }

        var login = section["sasl.jaas.config"] ?? "";
        var mechanism = section[$"{Name}:Mechanism"] ?? section["sasl.mechanism"];
        var user = section[$"{Name}:Username"] ?? section["sasl.username"] ?? OptionOf(login, "username");
        var password = section[$"{Name}:Password"] ?? section["sasl.password"] ?? OptionOf(login, "password");
        switch (mechanism?.Trim().ToUpperInvariant())
        {
            case null:
                faults.Add($"{place}{Name}:Mechanism, or {place}sasl.mechanism, must say how the client proves who it is; there are {Mechanisms}.");
                return null;
            case "PLAIN" or "SCRAM-SHA-256" or "SCRAM-SHA-512" when string.IsNullOrEmpty(user) || string.IsNullOrEmpty(password):
                faults.Add($"{mechanism} needs a name and a password: {place}{Name}:Username and {place}{Name}:Password, or {place}sasl.jaas.config with username=\"...\" and password=\"...\".");
                return null;
            case "PLAIN":
                return SaslOptions.Plain(user, password);
            case "SCRAM-SHA-256":
                return SaslOptions.ScramSha256(user, password);
            case "SCRAM-SHA-512":
                return SaslOptions.ScramSha512(user, password);
            default:
                faults.Add($"{place}{Name}:Mechanism, or {place}sasl.mechanism, is '{mechanism}'; there are {Mechanisms}.");
                return null;
        }
    }

    /// <summary>An option of a login module: <c>username="alice"</c>, with a backslash before what would end the value.</summary>
    private static string? OptionOf(string login, string name)
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
