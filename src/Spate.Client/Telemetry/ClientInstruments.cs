using System.Diagnostics.Metrics;

namespace Spate.Client.Telemetry;

/// <summary>The instruments of <see cref="ClientDiagnostics.Meter"/>. Those that are asked for their values speak for every client that is alive.</summary>
internal static class ClientInstruments
{
    private static readonly InstrumentAdvice<double> Seconds = new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] };

    static ClientInstruments()
    {
        var meter = ClientDiagnostics.Meter;
        meter.CreateObservableUpDownCounter("spate.client.connections", LiveClients.Connections, "{connection}", "Connections to brokers that are open.");
        meter.CreateObservableUpDownCounter("spate.client.requests.in_flight", LiveClients.InFlight, "{request}", "Requests that brokers have not answered yet.");
        meter.CreateObservableUpDownCounter("spate.client.producer.buffered", LiveClients.Buffered, "By", "What is reserved of BufferMemory.");
        meter.CreateObservableUpDownCounter("spate.client.consumer.prefetched", LiveClients.Prefetched, "By", "What is used of PrefetchBytes, fetches under way included.");
        meter.CreateObservableGauge("spate.client.consumer.lag", LiveClients.Lag, "{message}", "Offsets between a partition's position and its end, as last heard.");
    }

    public static Counter<long> Sent { get; } =
        ClientDiagnostics.Meter.CreateCounter<long>("messaging.client.sent.messages", "{message}", "Messages that a producer tried to send to a broker.");

    public static Counter<long> Consumed { get; } =
        ClientDiagnostics.Meter.CreateCounter<long>("messaging.client.consumed.messages", "{message}", "Messages that were delivered to the application.");

    public static Counter<long> Acknowledged { get; } =
        ClientDiagnostics.Meter.CreateCounter<long>("spate.client.share.acknowledged", "{message}", "Messages of share groups of which brokers were told what became of them.");

    public static Histogram<double> OperationDuration { get; } = ClientDiagnostics.Meter.CreateHistogram(
        "messaging.client.operation.duration", "s", "How long an operation of a producer or consumer took.", tags: null, Seconds);

    public static Histogram<double> ProcessDuration { get; } = ClientDiagnostics.Meter.CreateHistogram(
        "messaging.process.duration", "s", "How long the application worked on a message.", tags: null, Seconds);
}
