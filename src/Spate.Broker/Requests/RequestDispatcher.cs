using System.Buffers.Binary;
using Spate.Broker.Network;
using Spate.Broker.Telemetry;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Requests;

/// <summary>
/// From a frame to its handler and back: reads the header, finds the handler, writes the reply, counts and times it all. Safe for use by
/// several threads at once.
/// </summary>
public sealed class RequestDispatcher : IRequestDispatcher
{
    // Every header begins so: API key, version, correlation id.
    private const int HeaderStartBytes = 8;

    private readonly IRequestHandler?[] _handlers;
    private readonly RequestMetrics _metrics;
    private readonly ReplyBuffers _buffers = new();

    public RequestDispatcher(IEnumerable<IRequestHandler> handlers, RequestMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        _metrics = metrics;
        var all = handlers.ToList();
        _handlers = new IRequestHandler?[all.Max(handler => (int)handler.Key) + 1];
        foreach (var handler in all)
        {
            _handlers[(int)handler.Key] = _handlers[(int)handler.Key] is null
                ? handler
                : throw new InvalidOperationException($"Two handlers answer {handler.Key}.");
        }
    }

    public ValueTask<OutgoingFrame?> DispatchAsync(RequestFrame frame, ConnectionContext connection, CancellationToken closed)
    {
        ArgumentNullException.ThrowIfNull(frame);
        var bytes = frame.Bytes;
        if (bytes.Length < HeaderStartBytes)
        {
            throw new ConnectionProtocolException($"a request of {bytes.Length} bytes is shorter than any header");
        }

        var key = BinaryPrimitives.ReadInt16BigEndian(bytes.Span);
        var version = BinaryPrimitives.ReadInt16BigEndian(bytes.Span[2..]);
        var correlationId = BinaryPrimitives.ReadInt32BigEndian(bytes.Span[4..]);
        var handler = (uint)key < (uint)_handlers.Length ? _handlers[key] : null;
        if (handler is null)
        {
            throw new ConnectionProtocolException($"it asked for API {key} ({(ApiKey)key}), which this broker does not offer");
        }

        if (version < handler.LowestVersion || version > handler.HighestVersion)
        {
            if (handler.Key == ApiKey.ApiVersions)
            {
                // KIP-511: whoever asks in a version from the future is told, in version 0, which ones there are.
                return new ValueTask<OutgoingFrame?>(Frame(ApiKey.ApiVersions, 0, correlationId, ((ApiVersionsHandler)handler).Unsupported(), times: null));
            }

            throw new ConnectionProtocolException(
                $"it asked for {handler.Key} in version {version}; versions {handler.LowestVersion} to {handler.HighestVersion} are offered");
        }

        var times = _metrics.Begin(handler.Key, version, frame, connection);
        try
        {
            var reader = new MessageReader(bytes);
            var header = new RequestHeader();
            header.Read(ref reader, ApiCatalog.Get(handler.Key).RequestHeaderVersion(version));
            var context = new RequestContext(connection, version, header.ClientId ?? "");
            var reply = handler.HandleAsync(bytes[reader.Position..], context, closed);
            return reply.IsCompletedSuccessfully
                ? new ValueTask<OutgoingFrame?>(Frame(handler.Key, version, correlationId, reply.Result, times))
                : FinishAsync(reply, handler.Key, version, correlationId, times);
        }
        catch (MalformedMessageException malformed)
        {
            throw new ConnectionProtocolException($"its {handler.Key} request of version {version} cannot be read: {malformed.Message}", malformed);
        }
    }

    private async ValueTask<OutgoingFrame?> FinishAsync(ValueTask<IMessage?> reply, ApiKey key, short version, int correlationId, RequestTimes times)
    {
        times.Waits();
        try
        {
            return Frame(key, version, correlationId, await reply, times);
        }
        finally
        {
            times.Failed();
        }
    }

    private OutgoingFrame? Frame(ApiKey key, short version, int correlationId, IMessage? reply, RequestTimes? times)
    {
        if (reply is null)
        {
            times?.Answered(bytes: null);
            return null;
        }

        (reply as IResponseMessage)?.TallyErrors(_metrics.Of(key));
        var frame = _buffers.Frame(key, version, correlationId, reply);
        frame.Times = times;
        times?.Answered(frame.Length);
        return frame;
    }
}
