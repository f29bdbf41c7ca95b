using System.Diagnostics.Metrics;
using Spate.Broker.Network;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Telemetry;

/// <summary>
/// The figures of requests by API, Kafka's RequestMetrics. An API has figures from its first request on, so there are at most as many as there
/// are APIs. Safe for use by several threads at once.
/// </summary>
public sealed class RequestMetrics
{
    /// <summary>
    /// What Kafka calls the fetches of consumers, apart from those of followers and beside all fetches. This node has no followers, so the
    /// two say the same.
    /// </summary>
    private const string FetchConsumer = "FetchConsumer";

    private readonly TimeProvider _clock;
    private readonly RequestTypeMetrics?[] _types = new RequestTypeMetrics?[(int)Enum.GetValues<ApiKey>().Max() + 1];

    internal RequestMetrics(BrokerMeter meter, TimeProvider clock)
    {
        _clock = clock;
        Deprecated = new DeprecatedRequests(meter);
        meter.Count(
            new MetricDefinition("spate.requests", MetricKind.Meter, "{request}", "Requests, by API and version.", Name("RequestsPerSec", ",version={version}")),
            () => Named().SelectMany(each => each.Type.Versions().Select(
                version => new Measurement<long>(version.Count, each.Tag, MetricTag.Of(MetricTag.Version, version.Version)))));
        meter.Count(
            new MetricDefinition("spate.requests.errors", MetricKind.Meter, "{error}", "Error codes in replies, NONE among them, by API and code.", Name("ErrorsPerSec", ",error={error}")),
            () => Named().SelectMany(each => each.Type.Errors().Select(
                error => new Measurement<long>(error.Count, each.Tag, MetricTag.Of(MetricTag.Error, ErrorCatalog.NameOf(error.Error))))));
        Publish(meter, "time.total", "ms", "From the arrival of a request to the departure of its reply", "TotalTimeMs", static type => type.Total);
        Publish(meter, "time.request_queue", "ms", "From the arrival of a request to its handler", "RequestQueueTimeMs", static type => type.RequestQueue);
        Publish(meter, "time.local", "ms", "In the handler, until it waits or has answered", "LocalTimeMs", static type => type.Local);
        Publish(meter, "time.remote", "ms", "Waiting for records, the disk or members of a group", "RemoteTimeMs", static type => type.Remote);
        Publish(meter, "time.response_queue", "ms", "From the answer until it is its turn to be sent", "ResponseQueueTimeMs", static type => type.ResponseQueue);
        Publish(meter, "time.response_send", "ms", "Handing the reply to the transport", "ResponseSendTimeMs", static type => type.ResponseSend);
        Publish(meter, "bytes.request", "By", "Bytes of a request", "RequestBytes", static type => type.RequestBytes);
        Publish(meter, "bytes.response", "By", "Bytes of a reply", "ResponseBytes", static type => type.ResponseBytes);
        PublishWaiting(meter);
    }

    /// <summary>Requests in versions that Kafka does not serve any more.</summary>
    public DeprecatedRequests Deprecated { get; }

    /// <summary>The figures of an API, from 0 where it has none yet.</summary>
    public RequestTypeMetrics Of(ApiKey key)
    {
        ref var slot = ref _types[(int)key];
        return Volatile.Read(ref slot) ?? Make(ref slot, key);
    }

    /// <summary>Begins to count and to time a request.</summary>
    internal RequestTimes Begin(ApiKey key, short version, RequestFrame frame, ConnectionContext connection)
    {
        var type = Of(key);
        type.Began(version);
        var times = new RequestTimes(type, _clock, frame.ReceivedAt);
        type.RequestBytes.Record(frame.Length, _clock.GetTimestamp());
        Deprecated.Count(key, version, connection.ClientSoftware);
        return times;
    }

    private static MBean Name(string name, string more = "") => new($"kafka.network:type=RequestMetrics,name={name},request={{request}}{more}");

    private RequestTypeMetrics Make(ref RequestTypeMetrics? slot, ApiKey key)
    {
        var made = new RequestTypeMetrics(key, _clock);
        return Interlocked.CompareExchange(ref slot, made, null) ?? made;
    }

    private IEnumerable<(KeyValuePair<string, object?> Tag, RequestTypeMetrics Type)> Named()
    {
        foreach (var type in _types.OfType<RequestTypeMetrics>())
        {
            yield return (MetricTag.Of(MetricTag.Request, type.Name), type);
            if (type.Key == ApiKey.Fetch)
            {
                yield return (MetricTag.Of(MetricTag.Request, FetchConsumer), type);
            }
        }
    }

    private void Publish(BrokerMeter meter, string name, string unit, string meaning, string kafkaName, Func<RequestTypeMetrics, DecayingHistogram> of) =>
        meter.Histogram(
            new MetricDefinition($"spate.requests.{name}", MetricKind.Histogram, unit, $"{meaning}, by API.", Name(kafkaName)),
            () => Named().Select(each => (new[] { each.Tag }, of(each.Type))));

    /// <summary>Who waits for what, Kafka's purgatories.</summary>
    private void PublishWaiting(BrokerMeter meter)
    {
        meter.Gauge(
            new MetricDefinition(
                "spate.requests.waiting", MetricKind.Gauge, "{request}", "Requests whose handler waits, by what Kafka calls the delayed operation.",
                new MBean("kafka.server:type=DelayedOperationPurgatory,name=NumDelayedOperations,delayedOperation={operation}")),
            () =>
            [
                Waiting("Fetch", ApiKey.Fetch),
                Waiting("Produce", ApiKey.Produce),
                Waiting("Rebalance", ApiKey.JoinGroup, ApiKey.SyncGroup),
                Waiting("Topic", ApiKey.CreateTopics, ApiKey.DeleteTopics),
            ]);
    }

    private Measurement<long> Waiting(string operation, params ReadOnlySpan<ApiKey> keys)
    {
        var waiting = 0L;
        foreach (var key in keys)
        {
            waiting += _types[(int)key]?.Waiting ?? 0;
        }

        return new Measurement<long>(waiting, MetricTag.Of("operation", operation));
    }
}
