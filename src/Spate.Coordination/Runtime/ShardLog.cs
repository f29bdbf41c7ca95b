using Microsoft.Extensions.Logging;

namespace Spate.Coordination.Runtime;

/// <summary>What shards say in the log file.</summary>
internal static partial class ShardLog
{
    [LoggerMessage(1, LogLevel.Error, "Coordinator shard {Shard} could not be loaded from its log and does not serve; it is tried again in {Delay}.")]
    public static partial void LoadFailed(ILogger logger, Exception failure, string shard, TimeSpan delay);

    [LoggerMessage(2, LogLevel.Error, "Coordinator shard {Shard} broke; its callers are told to try again, and it is rebuilt from its log.")]
    public static partial void Rebuilding(ILogger logger, Exception broken, string shard);
}
