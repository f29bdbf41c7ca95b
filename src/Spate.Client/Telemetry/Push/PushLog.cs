using Microsoft.Extensions.Logging;
using Spate.Protocol;

namespace Spate.Client.Telemetry.Push;

/// <summary>Everything that the push of metrics says to the log.</summary>
internal static partial class PushLog
{
    [LoggerMessage(1, LogLevel.Information, "Broker {Broker} asks for metrics ({Metrics}) every {IntervalMs} ms; this client is instance {InstanceId}. Set EnableMetricsPush to false to push none.")]
    public static partial void Subscribed(this ILogger logger, string broker, string metrics, double intervalMs, Uuid instanceId);

    [LoggerMessage(2, LogLevel.Debug, "Pushed {Count} metrics to broker {Broker}, {Bytes} bytes.")]
    public static partial void Pushed(this ILogger logger, int count, string broker, int bytes);

    [LoggerMessage(3, LogLevel.Debug, "Metrics could not be pushed; it is tried again in {WaitMs} ms. {Why}")]
    public static partial void PushFailed(this ILogger logger, double waitMs, string why);

    [LoggerMessage(4, LogLevel.Warning, "No metrics are pushed any more, since trying again would not help. {Why}")]
    public static partial void PushEnded(this ILogger logger, string why);

    [LoggerMessage(5, LogLevel.Warning, "Metrics of {Bytes} bytes are more than the {BytesMax} that broker {Broker} takes; this push is left out. Ask for fewer, or raise telemetry.max.bytes.")]
    public static partial void PushTooLarge(this ILogger logger, int bytes, int bytesMax, string broker);
}
