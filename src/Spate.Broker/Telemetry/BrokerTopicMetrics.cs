using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Spate.Broker.Telemetry;

/// <summary>
/// The figures of topics, Kafka's BrokerTopicMetrics: each topic that this node serves, and all together. A topic's figures go with the topic;
/// those of all topics keep what it added to them. There are as many as there are topics.
/// </summary>
public sealed class BrokerTopicMetrics
{
    private readonly ConcurrentDictionary<string, TopicMetrics> _topics = new(StringComparer.Ordinal);

    internal BrokerTopicMetrics(BrokerMeter meter)
    {
        Publish(meter, "messages.in", "{record}", "Records appended", "MessagesInPerSec", static topic => topic.MessagesIn);
        Publish(meter, "bytes.in", "By", "Bytes of batches appended", "BytesInPerSec", static topic => topic.BytesIn);
        Publish(meter, "bytes.out", "By", "Bytes of records sent to consumers", "BytesOutPerSec", static topic => topic.BytesOut);
        Publish(meter, "bytes.rejected", "By", "Bytes of batches above max.message.bytes", "BytesRejectedPerSec", static topic => topic.BytesRejected);
        Publish(meter, "produce.requests", "{request}", "Appends asked for, one for each partition of a request", "TotalProduceRequestsPerSec", static topic => topic.ProduceRequests);
        Publish(meter, "produce.failures", "{request}", "Appends that failed for a cause worth looking into", "FailedProduceRequestsPerSec", static topic => topic.ProduceFailures);
        Publish(meter, "produce.conversions", "{record}", "Records written otherwise than they came", "ProduceMessageConversionsPerSec", static topic => topic.ProduceConversions);
        Publish(meter, "fetch.requests", "{request}", "Partitions in answered fetches", "TotalFetchRequestsPerSec", static topic => topic.FetchRequests);
        Publish(meter, "fetch.failures", "{request}", "Partitions in answered fetches that failed for a cause worth looking into", "FailedFetchRequestsPerSec", static topic => topic.FetchFailures);
        Publish(meter, "fetch.conversions", "{request}", "Partitions in answered fetches converted to an older message format", "FetchMessageConversionsPerSec", static topic => topic.FetchConversions);
        Publish(meter, "share.fetch.requests", "{request}", "Partitions in answered fetches of share groups", "TotalShareFetchRequestsPerSec", static topic => topic.ShareFetches);
        Publish(meter, "share.fetch.failures", "{request}", "Partitions in answered fetches of share groups that failed for a cause worth looking into", "FailedShareFetchRequestsPerSec", static topic => topic.ShareFetchFailures);
        Publish(meter, "share.acknowledge.requests", "{request}", "Partitions of which members of share groups have acknowledged records", "TotalShareAcknowledgementRequestsPerSec", static topic => topic.ShareAcknowledgements);
        Publish(meter, "share.acknowledge.failures", "{request}", "Partitions of which acknowledgements failed for a cause worth looking into", "FailedShareAcknowledgementRequestsPerSec", static topic => topic.ShareAcknowledgementFailures);
        PublishAll(meter, "validation.missing_key", "{request}", "Appends refused for records without a key in a compacted topic", "NoKeyCompactedTopicRecordsPerSec", static all => all.KeysMissing);
        PublishAll(meter, "validation.magic", "{request}", "Appends refused for their magic", "InvalidMagicNumberRecordsPerSec", static all => all.MagicUnknown);
        PublishAll(meter, "validation.checksum", "{request}", "Appends refused for their checksum", "InvalidMessageCrcRecordsPerSec", static all => all.ChecksumsWrong);
        PublishAll(meter, "validation.numbering", "{request}", "Appends refused for their offsets or sequence numbers", "InvalidOffsetOrSequenceRecordsPerSec", static all => all.NumbersWrong);
    }

    /// <summary>All topics together, those that are gone included.</summary>
    public TopicMetrics All { get; } = new("", all: null);

    /// <summary>A topic's figures, from 0 where there are none yet.</summary>
    public TopicMetrics Of(string topic) => _topics.GetOrAdd(topic, static (name, all) => new TopicMetrics(name, all), All);

    /// <summary>Forgets a topic that is gone. Whoever holds its figures may go on counting; nobody reads them.</summary>
    public void Forget(string topic) => _topics.TryRemove(topic, out _);

    private static MBean Name(string name) => new($"kafka.server:type=BrokerTopicMetrics,name={name}");

    private void Publish(BrokerMeter meter, string name, string unit, string meaning, string kafkaName, Func<TopicMetrics, long> read)
    {
        PublishAll(meter, name, unit, meaning, kafkaName, read);
        meter.Count(
            new MetricDefinition($"spate.topic.{name}", MetricKind.Meter, unit, $"{meaning}, by topic.", Name($"{kafkaName},topic={{topic}}")),
            () => _topics.Select(topic => new Measurement<long>(read(topic.Value), MetricTag.Of(MetricTag.Topic, topic.Key))));
    }

    private void PublishAll(BrokerMeter meter, string name, string unit, string meaning, string kafkaName, Func<TopicMetrics, long> read) =>
        meter.Count(new MetricDefinition($"spate.broker.{name}", MetricKind.Meter, unit, $"{meaning}, all topics together.", Name(kafkaName)), () => read(All));
}
