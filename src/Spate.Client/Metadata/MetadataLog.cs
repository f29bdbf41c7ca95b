using Microsoft.Extensions.Logging;

namespace Spate.Client.Metadata;

/// <summary>Everything that a client's picture of the cluster says to the log.</summary>
internal static partial class MetadataLog
{
    [LoggerMessage(1, LogLevel.Warning, "The cluster could not be asked for its brokers and topics ({Failures} times in a row); it is asked again. {Why}")]
    public static partial void AskFailed(this ILogger logger, int failures, string why);

    [LoggerMessage(2, LogLevel.Information, "The cluster tells of its brokers and topics again, after {Failures} failures.")]
    public static partial void Recovered(this ILogger logger, int failures);

    [LoggerMessage(3, LogLevel.Information, "Cluster {ClusterId} has the brokers {Brokers}.")]
    public static partial void ClusterSeen(this ILogger logger, string? clusterId, string brokers);

    [LoggerMessage(4, LogLevel.Information, "None of the {Known} known brokers told of the cluster ({Times} times in a row); the bootstrap addresses are asked anew.")]
    public static partial void Rebootstrap(this ILogger logger, int known, int times);
}
