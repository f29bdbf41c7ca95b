using System.Text.RegularExpressions;

namespace Spate.Broker.Configuration;

/// <summary>What a subscription of clients' metrics says (KIP-714): which clients push which metrics, and how often.</summary>
public static class ClientMetricsKeys
{
    private static readonly string[] Properties =
        ["client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port"];

    public static ConfigKey<int> IntervalMs { get; } = ConfigKey.Int(
        "interval.ms", 300_000, 100, 3_600_000, "How often a client pushes its metrics, in milliseconds.");

    public static ConfigKey<IReadOnlyList<string>> Metrics { get; } = ConfigKey.List(
        "metrics", "", null, "The metrics that clients push, by the beginnings of their names; * for all, and none when it is empty.");

    public static ConfigKey<IReadOnlyList<string>> Match { get; } = ConfigKey.CheckedList(
        "match", "", MatchFault, "The clients that are asked, as property=regular expression, all of which must match; all clients when it is empty. Properties are "
        + string.Join(", ", Properties) + ".");

    public static IReadOnlyList<ConfigKey> All { get; } = [IntervalMs, Metrics, Match];

    /// <summary>The setting of that name, or null where there is none.</summary>
    public static ConfigKey? Find(string name) => All.FirstOrDefault(key => key.Name == name);

    private static string? MatchFault(string entry)
    {
        var equals = entry.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || !Properties.Contains(entry[..equals].Trim()))
        {
            return $"has '{entry}', which is not of the form property=expression with one of {string.Join(", ", Properties)}";
        }

        try
        {
            // Without backtracking: the expression comes from a client, and is held against what other clients send.
            _ = new Regex(entry[(equals + 1)..].Trim(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return null;
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return $"has '{entry}', whose expression cannot be read: {failure.Message.TrimEnd('.')}";
        }
    }
}
