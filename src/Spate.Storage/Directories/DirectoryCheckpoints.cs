using Spate.Protocol;

namespace Spate.Storage.Directories;

/// <summary>Writes the offsets of a root's logs into its checkpoints.</summary>
internal static class DirectoryCheckpoints
{
    public static void WriteRecoveryPoints(LogDirectory directory, HostedLog[] logs) =>
        directory.RecoveryPoints.Write(Offsets(logs, log => log.RecoveryPoint));

    public static void WriteLogStartOffsets(LogDirectory directory, HostedLog[] logs) =>
        directory.LogStartOffsets.Write(Offsets(logs, log => log.LogStartOffset));

    public static void WriteHighWatermarks(LogDirectory directory, HostedLog[] logs) =>
        directory.HighWatermarks.Write(Offsets(logs, log => log.HighWatermark));

    public static void WriteAll(LogDirectory directory, HostedLog[] logs)
    {
        WriteRecoveryPoints(directory, logs);
        WriteLogStartOffsets(directory, logs);
        WriteHighWatermarks(directory, logs);
    }

    private static KeyValuePair<TopicPartition, long>[] Offsets(HostedLog[] logs, Func<PartitionLog, long> offsetOf) =>
        [.. logs.Select(hosted => KeyValuePair.Create(hosted.Partition, offsetOf(hosted.Log)))];
}
