using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Spate.Broker.Network;

namespace Spate.Broker.Telemetry;

/// <summary>The figures of the listeners, Kafka's socket-server-metrics. There are as many as there are listeners. Safe for use by many threads.</summary>
public sealed class ListenerMetrics
{
    private readonly ConcurrentDictionary<string, NetworkMetrics> _listeners = new(StringComparer.Ordinal);
    private readonly BrokerMeter _meter;

    internal ListenerMetrics(BrokerMeter meter)
    {
        _meter = meter;
        meter.Gauge(
            new MetricDefinition("spate.network.connections.open", MetricKind.Gauge, "{connection}", "Connections that are open, by listener.", Name("connection-count")),
            () => _listeners.Select(each => new Measurement<long>(each.Value.Open, Tag(each.Key))));
        Publish("connections.accepted", "{connection}", "Connections accepted", static each => each.Accepted, Name("connection-creation-rate"), Name("connection-creation-total"));
        Publish("connections.ended", "{connection}", "Connections closed, for whatever reason", static each => each.ClosedInAll, Name("connection-close-rate"), Name("connection-close-total"));
        Publish("requests", "{request}", "Complete request frames received", static each => each.Requests, Name("request-rate"), Name("request-total"));
        Publish("replies", "{reply}", "Reply frames sent", static each => each.Replies, Name("response-rate"), Name("response-total"));
        Publish("bytes.in", "By", "Bytes received", static each => each.BytesIn, Name("incoming-byte-rate"), Name("incoming-byte-total"));
        Publish("bytes.out", "By", "Bytes sent", static each => each.BytesOut, Name("outgoing-byte-rate"), Name("outgoing-byte-total"));
        meter.Count(
            new MetricDefinition("spate.network.connections.closed", MetricKind.Meter, "{connection}", "Connections closed, by listener and reason."),
            () => _listeners.SelectMany(each => Enum.GetValues<CloseReason>()
                .Where(reason => reason != CloseReason.None)
                .Select(reason => new Measurement<long>(each.Value.Closed(reason), Tag(each.Key), MetricTag.Of("reason", reason.ToString())))));
    }

    /// <summary>What a listener counts on.</summary>
    public NetworkMetrics Of(string listener) => _listeners.GetOrAdd(listener, static _ => new NetworkMetrics());

    /// <summary>Publishes how much of the memory for requests is in use. Once.</summary>
    internal void Publish(MemoryBudget memory)
    {
        _meter.Gauge(
            new MetricDefinition(
                "spate.network.memory.used", MetricKind.Gauge, "By", "Memory that requests take up of queued.max.request.bytes.",
                new MBean("kafka.network:type=SocketServer,name=MemoryPoolUsed")),
            () => memory.Used);
        _meter.Gauge(
            new MetricDefinition(
                "spate.network.memory.available", MetricKind.Gauge, "By", "Memory that is left of queued.max.request.bytes.",
                new MBean("kafka.network:type=SocketServer,name=MemoryPoolAvailable")),
            () => memory.Capacity - memory.Used);
        _meter.Gauge(
            new MetricDefinition("spate.network.memory.waiting", MetricKind.Gauge, "{request}", "Requests that wait for memory."),
            () => memory.Waiting);
    }

    /// <summary>Kafka has these for each of its network threads as well; here no thread is the network's, and 0 stands for it.</summary>
    private static MBean Name(string attribute) => new("kafka.server:type=socket-server-metrics,listener={listener},networkProcessor=0", attribute);

    private static KeyValuePair<string, object?> Tag(string listener) => MetricTag.Of(MetricTag.Listener, listener);

    private void Publish(string name, string unit, string meaning, Func<NetworkMetrics, long> read, params MBean[] kafkaNames) => _meter.Count(
        new MetricDefinition($"spate.network.{name}", MetricKind.Meter, unit, $"{meaning}, by listener.", kafkaNames),
        () => _listeners.Select(each => new Measurement<long>(read(each.Value), Tag(each.Key))));
}
