using System.Globalization;
using Spate.Broker.Configuration;

namespace Spate.Testing;

/// <summary>Makes the broker's settings of what a test gave and of what only the <see cref="EmbeddedBroker"/> knows.</summary>
internal static class EmbeddedSettings
{
    private static readonly string[] OwnKeys = ["listeners", "advertised.listeners", "log.dirs"];

    /// <exception cref="ArgumentException">Something is wrong with what was given; the text names every fault.</exception>
    public static BrokerSettings Read(IReadOnlyList<string> settings, string? advertised, string logPath, int port)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var reader = new ConfigReader(BrokerKeys.All);
        var faults = new List<string>();
        foreach (var assignment in settings)
        {
            var key = assignment.Split('=', 2)[0].Trim();
            if (OwnKeys.Contains(key, StringComparer.Ordinal))
            {
                faults.Add($"'{assignment}' sets {key}, which the embedded broker sets itself.");
            }
        }

        reader.AddAssignment("offsets.topic.num.partitions=1");
        reader.AddAssignment("group.initial.rebalance.delay.ms=0");
        foreach (var assignment in settings)
        {
            reader.AddAssignment(assignment, nameof(EmbeddedBrokerOptions.Settings));
        }

        reader.AddAssignment(string.Create(CultureInfo.InvariantCulture, $"listeners=PLAINTEXT://127.0.0.1:{port}"));
        reader.AddAssignment($"log.dirs={logPath}");
        if (advertised is not null)
        {
            reader.AddAssignment($"advertised.listeners=PLAINTEXT://{advertised}");
        }

        // What a running broker warns of, a setting that has no effect, is a mistake in a test.
        faults.AddRange(reader.Faults);
        faults.AddRange(reader.Warnings);
        return (faults.Count == 0 ? BrokerSettings.TryCreate(reader.Build(), faults) : null)
            ?? throw new ArgumentException(string.Join(' ', faults), nameof(settings));
    }
}
