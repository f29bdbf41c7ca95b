using System.Diagnostics.Metrics;
using Spate.Broker.Partitions;

namespace Spate.Broker.Telemetry;

/// <summary>How this node's replicas stand, counted when somebody asks; Kafka's ReplicaManager.</summary>
internal static class ReplicaMetrics
{
    public static void Publish(BrokerMeter meter, PartitionTable partitions)
    {
        Gauge(meter, "count", "Replicas on this node that are served", "PartitionCount", () => partitions.All.Count());
        Gauge(meter, "leaders", "Partitions that this node leads", "LeaderCount", () => partitions.All.Count());
        Gauge(meter, "offline", "Replicas on this node whose disk is offline", "OfflineReplicaCount", () => partitions.OfflineCount);
        Gauge(
            meter, "under_replicated", "Partitions led here with fewer replicas in sync than there are", "UnderReplicatedPartitions",
            () => partitions.All.Count(partition => partition.InSyncReplicas < partition.Replicas));
        Gauge(
            meter, "under_min_isr", "Partitions led here with fewer replicas in sync than min.insync.replicas", "UnderMinIsrPartitionCount",
            () => partitions.All.Count(partition => partition.InSyncReplicas < partition.MinInsyncReplicas));
        Gauge(
            meter, "at_min_isr", "Partitions led here with just min.insync.replicas in sync", "AtMinIsrPartitionCount",
            () => partitions.All.Count(partition => partition.InSyncReplicas == partition.MinInsyncReplicas));
        meter.Gauge(
            new MetricDefinition(
                "spate.producers", MetricKind.Gauge, "{producer}", "Producers that partitions remember, one for each partition.",
                new MBean("kafka.server:type=ReplicaManager,name=ProducerIdCount")),
            () => partitions.All.Sum(partition => (long)partition.Log.ProducerCount));
        meter.Gauge(
            new MetricDefinition(
                "spate.partitions.watchers", MetricKind.Gauge, "{watcher}", "Fetches that wait, one for each partition that they wait on.",
                new MBean("kafka.server:type=DelayedOperationPurgatory,name=PurgatorySize,delayedOperation={operation}")),
            () => [new Measurement<long>(partitions.All.Sum(partition => (long)partition.WatcherCount), MetricTag.Of("operation", "Fetch"))]);
    }

    private static void Gauge(BrokerMeter meter, string name, string meaning, string kafkaName, Func<long> read) => meter.Gauge(
        new MetricDefinition(
            $"spate.partitions.{name}", MetricKind.Gauge, "{partition}", $"{meaning}.", new MBean($"kafka.server:type=ReplicaManager,name={kafkaName}")),
        read);
}
