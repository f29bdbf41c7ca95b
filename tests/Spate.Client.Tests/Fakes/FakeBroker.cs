using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// A broker that says what the test tells it to, over real sockets. Each API has a handler of the test's; ApiVersions offers what has one. Requests of
/// one connection are answered one after the other: once one has no answer that expects one, those behind it have none either.
/// </summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<ApiKey, Handler> _handlers = new();
    private readonly ConcurrentDictionary<int, Socket> _connections = new();
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly ConcurrentQueue<Exception> _faults = new();
    private int _connectionCount;

    public FakeBroker(IPAddress? address = null, int port = 0)
    {
        _listener.Bind(new IPEndPoint(address ?? IPAddress.Loopback, port));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        On<ApiVersionsRequest, ApiVersionsResponse>(ApiKey.ApiVersions, 0, 4, (_, _) => Offer());
        _tasks.Add(AcceptAsync());
    }

    private delegate Task<(IMessage? Response, bool IsOwed)> Answer(ref MessageReader body, FakeCall call);

    /// <summary>Still told when the broker is gone.</summary>
    public int Port { get; }

    public string Address => $"127.0.0.1:{Port}";

    /// <summary>Connections that were accepted so far.</summary>
    public int ConnectionCount => Volatile.Read(ref _connectionCount);

    /// <summary>Connections that are open now.</summary>
    public int OpenConnections => _connections.Count;

    /// <summary>Every request, in the order in which they came.</summary>
    public ConcurrentQueue<(ApiKey Api, short Version)> Requests { get; } = new();

    /// <summary>Whether a request is answered at all; the connection of one that is not is ended.</summary>
    public Func<ApiKey, FakeCall, bool> Admit { get; set; } = static (_, _) => true;

    public FakeBroker On<TRequest, TResponse>(ApiKey api, short lowest, short highest, Func<TRequest, FakeCall, TResponse?> handler)
        where TRequest : class, IRequestMessage, new()
        where TResponse : class, IResponseMessage =>
        On<TRequest, TResponse>(api, lowest, highest, (request, call) => Task.FromResult(handler(request, call)));

    /// <summary>Answers an API; a handler that gives null answers nothing.</summary>
    public FakeBroker On<TRequest, TResponse>(ApiKey api, short lowest, short highest, Func<TRequest, FakeCall, Task<TResponse?>> handler)
        where TRequest : class, IRequestMessage, new()
        where TResponse : class, IResponseMessage
    {
        _handlers[api] = new Handler(lowest, highest, (ref MessageReader body, FakeCall call) =>
        {
            var request = new TRequest();
            request.Read(ref body, call.Version);
            body.EnsureEnd();
            return Run(handler, request, call);
        });
        return this;
    }

    /// <summary>What ApiVersions tells: every handler there is.</summary>
    public ApiVersionsResponse Offer() => new()
    {
        ApiKeys = [.. _handlers.Select(pair => new ApiVersionsResponse.ApiVersion { ApiKey = (short)pair.Key, MinVersion = pair.Value.Lowest, MaxVersion = pair.Value.Highest })],
    };

    /// <summary>Cuts every connection that is open.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Values)
        {
            connection.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        CutAll();
        foreach (var task in _tasks)
        {
            await task.OrTimeout("a connection of the fake broker to end");
        }

        Assert.Empty(_faults);
    }

    private static async Task<(IMessage? Response, bool IsOwed)> Run<TRequest, TResponse>(Func<TRequest, FakeCall, Task<TResponse?>> handler, TRequest request, FakeCall call)
        where TResponse : class, IResponseMessage
    {
        var response = await handler(request, call);
        return (response, response is null && request is not ProduceRequest { Acks: 0 });
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception end) when (end is SocketException or ObjectDisposedException)
            {
                return;
            }

            var number = Interlocked.Increment(ref _connectionCount);
            _connections[number] = socket;
            _tasks.Add(ServeAsync(socket, number));
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        await Task.Yield();
        try
        {
            using var stream = new NetworkStream(socket, ownsSocket: true);
            var isSilent = false;
            while (await ReadFrameAsync(stream) is { } frame)
            {
                var (reply, isOwed) = await AnswerAsync(frame, socket, number);
                isSilent |= isOwed;
                if (reply is not null && !isSilent)
                {
                    await stream.WriteAsync(reply);
                }
            }
        }
        catch (Exception end) when (end is IOException or ObjectDisposedException or SocketException)
        {
            // The client or the test ended the connection.
        }
        catch (Exception fault)
        {
            _faults.Enqueue(fault);
        }
        finally
        {
            socket.Close();
            _connections.TryRemove(number, out _);
        }
    }

    /// <returns>The frame to send, if there is one, and whether the client waits for one that never comes.</returns>
    private async Task<(byte[]? Reply, bool IsOwed)> AnswerAsync(byte[] frame, Socket socket, int number)
    {
        var (api, version, correlationId, answer) = Begin(frame, socket, number);
        Requests.Enqueue((api, version));
        var (response, isOwed) = await answer;
        if (response is null)
        {
            return (null, isOwed);
        }

        // ApiVersions in a version that is not known is answered in version 0.
        var replied = api == ApiKey.ApiVersions && response is ApiVersionsResponse { ErrorCode: ErrorCode.UnsupportedVersion } ? (short)0 : version;
        using var writer = new MessageWriter();
        writer.BeginFrame();
        new ResponseHeader { CorrelationId = correlationId }.Write(writer, ApiCatalog.Get(api).ResponseHeaderVersion(replied));
        response.Write(writer, replied);
        writer.EndFrame();
        return (writer.ToArray(), false);
    }

    private (ApiKey Api, short Version, int CorrelationId, Task<(IMessage? Response, bool IsOwed)> Answer) Begin(byte[] frame, Socket socket, int number)
    {
        var api = (ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame);
        var version = BinaryPrimitives.ReadInt16BigEndian(frame.AsSpan(2));
        var reader = new MessageReader(frame);
        var header = new RequestHeader();
        header.Read(ref reader, ApiCatalog.Get(api).RequestHeaderVersion(version));
        var handler = _handlers.TryGetValue(api, out var found) ? found : throw new InvalidOperationException($"The client sent {api}, which is not offered.");
        Assert.InRange(version, handler.Lowest, handler.Highest);
        var call = new FakeCall(socket, version, header.ClientId, number);
        if (!Admit(api, call))
        {
            call.Cut();
            return (api, version, header.CorrelationId, Task.FromResult<(IMessage?, bool)>((null, true)));
        }

        return (api, version, header.CorrelationId, handler.Answer(ref reader, call));
    }

    private static async Task<byte[]?> ReadFrameAsync(NetworkStream stream)
    {
        var length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false) < length.Length)
        {
            return null;
        }

        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame);
        return frame;
    }

    private sealed record Handler(short Lowest, short Highest, Answer Answer);
}
