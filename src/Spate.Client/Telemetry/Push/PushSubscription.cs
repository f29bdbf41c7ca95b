using Spate.Protocol;
using Spate.Protocol.Compression;
using Spate.Protocol.Messages;

namespace Spate.Client.Telemetry.Push;

/// <summary>What a broker asks a client to push. Immutable.</summary>
/// <param name="InstanceId">Who the client is, for as long as it lives.</param>
/// <param name="Id">Changes when what is asked for does.</param>
/// <param name="Interval">How often to push.</param>
/// <param name="BytesMax">The largest push.</param>
/// <param name="IsDelta">Whether sums count from the last push.</param>
/// <param name="Codec">How to compress: the broker's first wish that can be had.</param>
/// <param name="Metrics">Beginnings of the names that are asked for.</param>
internal sealed record PushSubscription(
    Uuid InstanceId, int Id, TimeSpan Interval, int BytesMax, bool IsDelta, CompressionCodec Codec, IReadOnlyList<string> Metrics)
{
    private const string Everything = "*";

    public bool IsEmpty => Metrics.Count == 0;

    public static PushSubscription Read(GetTelemetrySubscriptionsResponse response, CompressionCodec? refused) => new(
        response.ClientInstanceId,
        response.SubscriptionId,
        TimeSpan.FromMilliseconds(Math.Max(1, response.PushIntervalMs)),
        response.TelemetryMaxBytes,
        response.DeltaTemporality,
        response.AcceptedCompressionTypes
            .Select(static type => (CompressionCodec)type)
            .FirstOrDefault(codec => codec != refused && Enum.IsDefined(codec) && Compressor.IsAvailable(codec), CompressionCodec.None),
        response.RequestedMetrics);

    public bool Wants(string metric)
    {
        foreach (var beginning in Metrics)
        {
            if (beginning == Everything || metric.StartsWith(beginning, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
