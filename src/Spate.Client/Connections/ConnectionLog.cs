using Microsoft.Extensions.Logging;

namespace Spate.Client.Connections;

/// <summary>Everything that a client's connections say to the log.</summary>
internal static partial class ConnectionLog
{
    [LoggerMessage(1, LogLevel.Debug, "Connected to broker {Broker}.")]
    public static partial void Opened(this ILogger logger, string broker);

    [LoggerMessage(2, LogLevel.Debug, "Disconnected from broker {Broker}: {Why}")]
    public static partial void Closed(this ILogger logger, string broker, string why);

    [LoggerMessage(3, LogLevel.Information, "Lost the connection to broker {Broker} with {InFlight} requests under way: {Why}")]
    public static partial void Lost(this ILogger logger, string broker, int inFlight, string why);

    [LoggerMessage(4, LogLevel.Warning, "Broker {Broker} cannot be connected to ({Failures} times in a row); it is tried again when it is needed. {Why}")]
    public static partial void ConnectFailed(this ILogger logger, string broker, int failures, string why);

    [LoggerMessage(5, LogLevel.Error, "Broker {Broker} cannot be used ({Failures} times in a row), and trying again will not help. {Why}")]
    public static partial void ConnectRefused(this ILogger logger, string broker, int failures, string why);
}
