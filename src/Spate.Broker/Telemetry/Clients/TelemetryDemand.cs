using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Spate.Protocol;
using Spate.Protocol.Checksums;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>What one client is asked to push: all subscriptions that match it, taken together. Immutable.</summary>
/// <param name="SubscriptionId">Changes when what is asked for does; a push must name it.</param>
/// <param name="Metrics">Beginnings of names in their order; "*" alone when everything is asked for; empty when nothing is.</param>
/// <param name="IntervalMs">How often, in milliseconds: the shortest of the subscriptions.</param>
public sealed record TelemetryDemand(int SubscriptionId, IReadOnlyList<string> Metrics, int IntervalMs)
{
    /// <summary>Stands for all metrics.</summary>
    public const string Everything = "*";

    public static TelemetryDemand Of(IEnumerable<TelemetrySubscription> subscriptions, TelemetryClient client, Uuid instanceId)
    {
        ArgumentNullException.ThrowIfNull(subscriptions);
        var interval = TelemetrySubscription.DefaultIntervalMs;
        var metrics = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var subscription in subscriptions)
        {
            if (subscription.Matches(client, instanceId))
            {
                metrics.UnionWith(subscription.Metrics);
                interval = Math.Min(interval, subscription.IntervalMs);
            }
        }

        IReadOnlyList<string> asked = metrics.Contains(Everything) ? [Everything] : [.. metrics];
        return new TelemetryDemand(IdOf(asked, interval, instanceId), asked, interval);
    }

    private static int IdOf(IReadOnlyList<string> metrics, int intervalMs, Uuid instanceId)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{string.Join(',', metrics)}|{intervalMs}");
        var length = Encoding.UTF8.GetByteCount(text);
        var bytes = new byte[length + Uuid.Size];
        Encoding.UTF8.GetBytes(text, bytes);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(length), instanceId.High);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(length + sizeof(ulong)), instanceId.Low);
        return (int)Crc32C.Compute(bytes);
    }
}
