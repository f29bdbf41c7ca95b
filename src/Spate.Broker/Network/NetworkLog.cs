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

    [LoggerMessage(11, LogLevel.Error, "A request of {Client} failed, who is gone or was answered without it.")]
    public static partial void AbandonedRequestFailed(this ILogger logger, ConnectionContext client, Exception exception);

    [LoggerMessage(12, LogLevel.Warning, "Connection from {Client} on listener {Listener} is closed: {Guess}. {Kept} more like it were not logged.")]
    public static partial void ForeignProtocol(this ILogger logger, ConnectionContext client, string listener, string guess, long kept);

    [LoggerMessage(13, LogLevel.Warning, "Connection from {Address} on listener {Listener} is refused: its address has {Max} connections, all that max.connections.per.ip or max.connections.per.ip.overrides allows it. {Kept} more were refused since the last line.")]
    public static partial void AddressRefused(this ILogger logger, EndPoint? address, string listener, int max, long kept);

    [LoggerMessage(14, LogLevel.Warning, "Listener {Listener} lets new connections wait until others end: {Key} is reached.")]
    public static partial void ListenerFull(this ILogger logger, string listener, string key);

    [LoggerMessage(15, LogLevel.Warning, "Connection from {Client} is closed: it took nothing of a reply for {Seconds} s.")]
    public static partial void ReplyNotTaken(this ILogger logger, ConnectionContext client, double seconds);

    [LoggerMessage(16, LogLevel.Warning, "Connection from {Client} is closed: less than {Bytes} bytes of its request came within {Seconds} s, while others wait for the memory that it holds (queued.max.request.bytes).")]
    public static partial void FrameStalled(this ILogger logger, ConnectionContext client, int bytes, double seconds);

    [LoggerMessage(17, LogLevel.Information, "Connection from {Client} on listener {Listener} is closed to make room for one between brokers: max.connections is reached.")]
    public static partial void Evicted(this ILogger logger, ConnectionContext client, string listener);

    [LoggerMessage(18, LogLevel.Warning, "Connection from {Client} is closed: its replies hold {Bytes} bytes of which it took nothing for {Seconds} s, and all replies together more than twice what queued.max.request.bytes allows. {Kept} more since the last such line.")]
    public static partial void RepliesOverBound(this ILogger logger, ConnectionContext client, long bytes, double seconds, long kept);
}
