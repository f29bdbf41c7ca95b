using System.Net;
using Microsoft.Extensions.Logging;

namespace Spate.Broker.Network;

/// <summary>Everything that the network says to the log.</summary>
internal static partial class NetworkLog
{
    [LoggerMessage(1, LogLevel.Information, "Listener {Listener} listens on {EndPoint}.")]
    public static partial void Listening(this ILogger logger, string listener, EndPoint endPoint);

    [LoggerMessage(2, LogLevel.Error, "Listener {Listener} cannot accept connections for now; it keeps trying.")]
    public static partial void AcceptFailing(this ILogger logger, string listener, Exception exception);

    [LoggerMessage(3, LogLevel.Information, "Listener {Listener} accepts connections again after {Failures} failures.")]
    public static partial void AcceptRecovered(this ILogger logger, string listener, int failures);

    [LoggerMessage(4, LogLevel.Information, "Listener {Listener} stopped; {Aborted} connections had to be cut.")]
    public static partial void Stopped(this ILogger logger, string listener, int aborted);

    [LoggerMessage(5, LogLevel.Debug, "Connection from {Client} closed: {Reason}.")]
    public static partial void ConnectionClosed(this ILogger logger, ConnectionContext client, CloseReason reason);

    [LoggerMessage(6, LogLevel.Warning, "Connection from {Client} is closed because it announced a request of {Length} bytes; 0 to {Max} are allowed.")]
    public static partial void FrameLengthRefused(this ILogger logger, ConnectionContext client, int length, int max);

    [LoggerMessage(7, LogLevel.Warning, "Connection from {Client} is closed because {Violation}")]
    public static partial void ProtocolBroken(this ILogger logger, ConnectionContext client, string violation);

    [LoggerMessage(8, LogLevel.Error, "Connection from {Client} is closed because records of a reply that had begun could not be read.")]
    public static partial void RecordSourceFailed(this ILogger logger, ConnectionContext client, Exception exception);

    [LoggerMessage(9, LogLevel.Debug, "Connection from {Client} was cut: {Cause}")]
    public static partial void ConnectionReset(this ILogger logger, ConnectionContext client, string cause);

    [LoggerMessage(10, LogLevel.Error, "Connection from {Client} is closed because the broker failed on it.")]
    public static partial void ConnectionFailed(this ILogger logger, ConnectionContext client, Exception exception);

    [LoggerMessage(11, LogLevel.Error, "A request of {Client}, which is gone, failed.")]
    public static partial void AbandonedRequestFailed(this ILogger logger, ConnectionContext client, Exception exception);
}
