using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Spate.Metadata.Images;
using Spate.Protocol;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>One subscription that an operator has set as a CLIENT_METRICS resource: which clients push which metrics how often. Immutable.</summary>
public sealed class TelemetrySubscription
{
    /// <summary>How often clients push that no subscription says otherwise for, in milliseconds: five minutes.</summary>
    public const int DefaultIntervalMs = 300_000;

    private readonly IReadOnlyList<(string Property, Regex Expression)> _match;

    private TelemetrySubscription(string name, IReadOnlyList<string> metrics, int intervalMs, IReadOnlyList<(string, Regex)> match)
    {
        Name = name;
        Metrics = metrics;
        IntervalMs = intervalMs;
        _match = match;
    }

    public string Name { get; }

    /// <summary>Beginnings of the names of metrics; "*" stands for all.</summary>
    public IReadOnlyList<string> Metrics { get; }

    /// <summary>How often clients are to push, in milliseconds.</summary>
    public int IntervalMs { get; }

    /// <summary>
    /// All subscriptions of an image. What cannot be understood is told to <paramref name="fault"/>, and that subscription left out: values
    /// are checked when they are set, so this is one of another version.
    /// </summary>
    public static IReadOnlyList<TelemetrySubscription> ReadAll(ConfigsImage configs, Action<string, string> fault)
    {
        ArgumentNullException.ThrowIfNull(configs);
        ArgumentNullException.ThrowIfNull(fault);
        var all = new List<TelemetrySubscription>();
        foreach (var (resource, settings) in configs.ByResource.Where(pair => pair.Key.Type == ConfigResourceType.ClientMetrics))
        {
            if (TryRead(resource.Name, settings, out var why) is { } subscription)
            {
                all.Add(subscription);
            }
            else
            {
                fault(resource.Name, why);
            }
        }

        return all;
    }

    /// <summary>Whether the subscription is meant for a client: every expression matches the whole of its property.</summary>
    public bool Matches(TelemetryClient client, Uuid instanceId)
    {
        foreach (var (property, expression) in _match)
        {
            if (client.ValueOf(property, instanceId) is not { } value || !expression.IsMatch(value))
            {
                return false;
            }
        }

        return true;
    }

    private static TelemetrySubscription? TryRead(string name, ImmutableSortedDictionary<string, string> settings, out string why)
    {
        why = "";
        var interval = DefaultIntervalMs;
        if (settings.TryGetValue("interval.ms", out var text) && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out interval) && interval > 0))
        {
            why = $"interval.ms={text} is no number of milliseconds";
            return null;
        }

        var match = new List<(string, Regex)>();
        foreach (var entry in Words(settings.GetValueOrDefault("match", "")))
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || Expression(entry[(equals + 1)..].Trim()) is not { } expression)
            {
                why = $"'{entry}' in match is not a property and an expression";
                return null;
            }

            match.Add((entry[..equals].Trim(), expression));
        }

        return new TelemetrySubscription(name, Words(settings.GetValueOrDefault("metrics", "")), interval, match);
    }

    private static string[] Words(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Without backtracking: the expression comes from one client, and what it is held against from others.</summary>
    private static Regex? Expression(string text)
    {
        try
        {
            return new Regex($@"\A(?:{text})\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }
}
