using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Broker.Hosting;

/// <summary>What an operator must know of a broker's life, a line each.</summary>
internal static partial class BrokerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Starting Spate {Version}: node {NodeId} of cluster {ClusterId}, data in {Directories}")]
    public static partial void Starting(this ILogger logger, string version, int nodeId, string clusterId, string directories);

    [LoggerMessage(Level = LogLevel.Information, Message = "Started in {Milliseconds} ms: {Topics} topics, {Partitions} partitions")]
    public static partial void Started(this ILogger logger, long milliseconds, int topics, int partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "Still starting after {Seconds} s: {Step}")]
    public static partial void StillStarting(this ILogger logger, long seconds, string step);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: finishing what was accepted")]
    public static partial void Stopping(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Connections} connections had not finished after {Seconds} s and were cut")]
    public static partial void ConnectionsCut(this ILogger logger, int connections, double seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(Level = LogLevel.Information, Message = "Created topic {Topic} ({TopicId}) with {Partitions} partitions")]
    public static partial void TopicCreated(this ILogger logger, string topic, Uuid topicId, int partitions);

    [LoggerMessage(Level = LogLevel.Information, Message = "Topic {Topic} ({TopicId}) had {Before} partitions and has {After}")]
    public static partial void PartitionsCreated(this ILogger logger, string topic, Uuid topicId, int before, int after);

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted topic {Topic} ({TopicId})")]
    public static partial void TopicDeleted(this ILogger logger, string topic, Uuid topicId);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} is led by nobody from epoch {LeaderEpoch} on")]
    public static partial void PartitionLeaderless(this ILogger logger, TopicPartition partition, int leaderEpoch);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Partition} is led by this node from epoch {LeaderEpoch} on")]
    public static partial void PartitionLed(this ILogger logger, TopicPartition partition, int leaderEpoch);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Partition} is not served: its log lies in a directory that is offline, or no directory is left for it")]
    public static partial void LogNotOpened(this ILogger logger, TopicPartition partition);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of {Partition} belongs to no topic; it is kept as {Directory} and not served")]
    public static partial void StrayLog(this ILogger logger, TopicPartition partition, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Work} failed; it is tried again in its time")]
    public static partial void MaintenanceFailed(this ILogger logger, string work, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "Compaction has ended; no log is compacted until the next start")]
    public static partial void CompactionEnded(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The subscription '{Subscription}' to clients' metrics is left out: {Reason}")]
    public static partial void SubscriptionNotUnderstood(this ILogger logger, string subscription, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A snapshot of the log of decisions could not be written; another is tried when the next is due")]
    public static partial void SnapshotFailed(this ILogger logger, Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Setting}")]
    public static partial void SettingPassedOver(this ILogger logger, string setting);

    [LoggerMessage(Level = LogLevel.Information, Message = "Clients of {Listener} are told to connect to {Host}:{Port} (advertised.listeners)")]
    public static partial void Advertised(this ILogger logger, string listener, string host, int port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Listener} takes clients from everywhere and tells them to connect to {Host}, which is this machine alone: others will connect and then hang; set advertised.listeners={Name}://host:port to what they can reach")]
    public static partial void AdvertisedIsLoopback(this ILogger logger, string listener, string host, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Clients are told to connect to {Host}, which this machine cannot look up ({Cause}): if they cannot either, they will connect and then hang; set advertised.listeners={Name}://host:port to what they can reach")]
    public static partial void AdvertisedNotFound(this ILogger logger, string host, string name, string cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Key} names the host {Host}, which cannot be looked up and so has no bound of its own: {Cause}")]
    public static partial void OverrideNotFound(this ILogger logger, string key, string host, string cause);
}
