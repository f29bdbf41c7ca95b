using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Spate.Client.Telemetry;

/// <summary>
/// What a program listens to in order to see what its clients do: one <see cref="ActivitySource"/> and one <see cref="Meter"/> of the same name, which follow
/// OpenTelemetry's conventions for messaging and Kafka (<c>AddSource(ClientDiagnostics.Name)</c>, <c>AddMeter(ClientDiagnostics.Name)</c>). As long as nobody listens,
/// nothing is made for a record.
/// </summary>
/// <remarks>
/// Spans: <c>send {topic}</c> for each record, from the call to its delivery; <c>process {topic}</c> where the program says that it works on a record
/// (<see cref="Consuming.ConsumerRecord{TKey, TValue}.StartProcessing"/>, <see cref="Sharing.ShareRecord{TKey, TValue}.StartProcessing"/>). The context travels in the record's headers, by <see cref="DistributedContextPropagator.Current"/>.
/// Metrics: <c>messaging.client.sent.messages</c>, <c>messaging.client.consumed.messages</c>, <c>messaging.client.operation.duration</c> in seconds
/// (of the operations <c>send</c>, <c>poll</c>, <c>commit</c> and <c>acknowledge</c>), <c>messaging.process.duration</c> in seconds, and the client's own: <c>spate.client.connections</c>, <c>spate.client.requests.in_flight</c>,
/// <c>spate.client.producer.buffered</c>, <c>spate.client.consumer.prefetched</c>, <c>spate.client.consumer.lag</c>, <c>spate.client.share.acknowledged</c>.
/// </remarks>
public static class ClientDiagnostics
{
    /// <summary>The name of the source and of the meter.</summary>
    public const string Name = "Spate.Client";

    // The names of attributes are those of this version; a collector that wants others translates by it.
    private const string SchemaUrl = "https://opentelemetry.io/schemas/1.44.0";

    private static readonly string? Version = typeof(ClientDiagnostics).Assembly.GetName().Version?.ToString(3);

    internal static ActivitySource Source { get; } = new(new ActivitySourceOptions(Name) { Version = Version, TelemetrySchemaUrl = SchemaUrl });

    internal static Meter Meter { get; } = new(new MeterOptions(Name) { Version = Version, TelemetrySchemaUrl = SchemaUrl });
}
