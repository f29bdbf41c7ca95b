using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Spate.Protocol.Messages;

namespace Spate.Broker.Telemetry;

/// <summary>
/// Requests in versions that Kafka 4 refuses and that are served here, by who asks in them: an operator sees which clients are old. What
/// tells them apart comes from the clients, so only the first <see cref="EntriesMax"/> kinds have figures of their own.
/// </summary>
public sealed class DeprecatedRequests
{
    /// <summary>Kinds with figures of their own; those that come later are counted as software "other".</summary>
    public const int EntriesMax = 256;

    private static readonly ClientSoftware Other = new("other", "other");
    private static readonly short[] FirstVersionOf = FirstVersions();

    private readonly ConcurrentDictionary<(ApiKey Key, short Version, ClientSoftware Software), Counter> _counts = new();

    internal DeprecatedRequests(BrokerMeter meter) => meter.Count(
        new MetricDefinition(
            "spate.requests.deprecated", MetricKind.Meter, "{request}", "Requests in versions that Kafka does not serve any more, by API, version and the client's software.",
            new MBean("kafka.network:type=RequestMetrics,name=DeprecatedRequestsPerSec,request={request},version={version},clientSoftwareName={software.name},clientSoftwareVersion={software.version}")),
        () => _counts.Select(pair => new Measurement<long>(
            pair.Value.Value,
            MetricTag.Of(MetricTag.Request, pair.Key.Key.ToString()),
            MetricTag.Of(MetricTag.Version, pair.Key.Version),
            MetricTag.Of("software.name", pair.Key.Software.Name),
            MetricTag.Of("software.version", pair.Key.Software.Version))));

    /// <summary>Whether Kafka 4.2 refuses a version that is served here.</summary>
    public static bool IsDeprecated(ApiKey key, short version) => version < FirstVersionOf[(int)key];

    internal void Count(ApiKey key, short version, ClientSoftware software)
    {
        if (!IsDeprecated(key, version))
        {
            return;
        }

        var kind = (key, version, software);
        if (!_counts.TryGetValue(kind, out var counter))
        {
            // The bound may be passed by as many as ask at the same moment, and "other" itself has as many kinds as there are old versions.
            kind = _counts.Count < EntriesMax ? kind : (key, version, Other);
            counter = _counts.GetOrAdd(kind, static _ => new Counter());
        }

        counter.Increment();
    }

    private static short[] FirstVersions()
    {
        var first = new short[(int)Enum.GetValues<ApiKey>().Max() + 1];
        first[(int)ApiKey.Produce] = 3;
        first[(int)ApiKey.Fetch] = 4;
        first[(int)ApiKey.OffsetCommit] = 2;
        first[(int)ApiKey.OffsetForLeaderEpoch] = 2;
        first[(int)ApiKey.CreateTopics] = 2;
        foreach (var key in (ApiKey[])
        [
            ApiKey.ListOffsets, ApiKey.OffsetFetch, ApiKey.DeleteTopics, ApiKey.DescribeAcls, ApiKey.CreateAcls, ApiKey.DeleteAcls,
            ApiKey.DescribeConfigs, ApiKey.WriteTxnMarkers, ApiKey.AlterReplicaLogDirs, ApiKey.DescribeLogDirs, ApiKey.CreateDelegationToken,
            ApiKey.RenewDelegationToken, ApiKey.ExpireDelegationToken, ApiKey.DescribeDelegationToken,
        ])
        {
            first[(int)key] = 1;
        }

        return first;
    }

    /// <summary>A count that grows.</summary>
    private sealed class Counter
    {
        private long _value;

        public long Value => Volatile.Read(ref _value);

        public void Increment() => Interlocked.Increment(ref _value);
    }
}
