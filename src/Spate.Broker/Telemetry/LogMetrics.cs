using System.Diagnostics.Metrics;
using Spate.Broker.Partitions;
using Spate.Storage;
using Spate.Storage.Directories;

namespace Spate.Broker.Telemetry;

/// <summary>The figures of the logs on this node's disks, read off them when somebody asks; Kafka's Log and LogManager.</summary>
internal static class LogMetrics
{
    public static void Publish(BrokerMeter meter, PartitionTable partitions, LogStore logs)
    {
        Publish(meter, partitions, "size", "By", "Bytes of a partition's log", "Size", static log => log.Size);
        Publish(meter, partitions, "segments", "{segment}", "Segments of a partition's log", "NumLogSegments", static log => log.SegmentCount);
        Publish(meter, partitions, "start_offset", "{offset}", "The first offset of a partition", "LogStartOffset", static log => log.LogStartOffset);
        Publish(meter, partitions, "end_offset", "{offset}", "The offset that the next record of a partition gets", "LogEndOffset", static log => log.LogEndOffset);
        meter.Gauge(
            new MetricDefinition(
                "spate.log.directories.offline", MetricKind.Gauge, "{directory}", "Log directories that cannot be used.",
                new MBean("kafka.log:type=LogManager,name=OfflineLogDirectoryCount")),
            () => logs.Directories.All.Count(directory => !directory.IsOnline));
        meter.Gauge(
            new MetricDefinition(
                "spate.log.directory.offline", MetricKind.Gauge, "1", "1 for a log directory that cannot be used, else 0.",
                new MBean("kafka.log:type=LogManager,name=LogDirectoryOffline,logDirectory={directory}")),
            () => logs.Directories.All.Select(directory => new Measurement<long>(directory.IsOnline ? 0 : 1, MetricTag.Of(MetricTag.Directory, directory.Path))));
    }

    private static void Publish(
        BrokerMeter meter, PartitionTable partitions, string name, string unit, string meaning, string kafkaName, Func<PartitionLog, long> read) => meter.Gauge(
        new MetricDefinition(
            $"spate.log.{name}", MetricKind.Gauge, unit, $"{meaning}.",
            new MBean($"kafka.log:type=Log,name={kafkaName},topic={{topic}},partition={{partition}}")),
        () => partitions.All.Select(partition => new Measurement<long>(
            read(partition.Log), MetricTag.Of(MetricTag.Topic, partition.Name.Topic), MetricTag.Of(MetricTag.Partition, partition.Name.Partition))));
}
