using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Wire;

/// <summary>A connection on which a test may send what it likes, right or wrong. One user at a time.</summary>
internal sealed class WireClient : IDisposable
{
    private const string ClientId = "conformance";

    private readonly Socket _socket;
    private readonly NetworkStream _stream;
    private int _lastCorrelationId;

    private WireClient(Socket socket)
    {
        _socket = socket;
        _stream = new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>How the broker's log names this connection.</summary>
    public string Name => _socket.LocalEndPoint!.ToString()!;

    public static async Task<WireClient> ConnectAsync(BrokerProcess broker)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, broker.Port);
            return new WireClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A request with its header, without its length.</summary>
    public static byte[] Request(short api, short version, int correlationId, WireWriter body) =>
        new WireWriter().Int16(api).Int16(version).Int32(correlationId).Text(ClientId).Raw(body.ToArray()).ToArray();

    /// <summary>Sends bytes as they are.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => _stream.WriteAsync(bytes);

    /// <summary>Sends bytes behind their length.</summary>
    public ValueTask SendFrameAsync(ReadOnlySpan<byte> frame) => SendAsync(new WireWriter().Blob(frame).ToArray());

    /// <summary>Sends a request and does not wait for its reply.</summary>
    public ValueTask SendRequestAsync(short api, short version, WireWriter body) =>
        SendFrameAsync(Request(api, version, ++_lastCorrelationId, body));

    /// <summary>Sends the same request over and over and never reads a reply, until the connection is disposed of or closed.</summary>
    public async Task FloodAsync(short api, short version, WireWriter body)
    {
        var frame = new WireWriter().Blob(Request(api, version, ++_lastCorrelationId, body)).ToArray();
        try
        {
            while (true)
            {
                await SendAsync(frame);
            }
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            // That is how it ends.
        }
    }

    /// <summary>Sends a request and reads its reply, up to which nothing else may be under way.</summary>
    /// <returns>The reply behind its correlation id, which must be the request's.</returns>
    public async Task<WireReader> CallAsync(short api, short version, WireWriter body)
    {
        await SendRequestAsync(api, version, body);
        var reply = await ReceiveAsync() ?? throw new IOException($"The broker closed the connection instead of answering API {api} version {version}.");
        Assert.Equal(_lastCorrelationId, reply.Int32());
        return reply;
    }

    /// <summary>Reads one reply, from its correlation id on; null when the broker closes the connection instead.</summary>
    public async Task<WireReader?> ReceiveAsync()
    {
        using var bound = new CancellationTokenSource(Bounds.Answer);
        try
        {
            var length = new byte[4];
            if (await _stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, bound.Token) < length.Length)
            {
                return null;
            }

            var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await _stream.ReadExactlyAsync(frame, bound.Token);
            return new WireReader(frame);
        }
        catch (IOException failure) when (failure.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return null;
        }
        catch (OperationCanceledException cancelled)
        {
            throw new TimeoutException($"The broker neither answered on {Name} nor closed the connection within {Bounds.Answer.TotalSeconds} s.", cancelled);
        }
    }

    public void Dispose() => _stream.Dispose();
}
