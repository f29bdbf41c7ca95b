using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A client that says exactly what a test wants said, in any version, over a socket. Every wait of it ends.</summary>
internal sealed class TestClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private int _correlationId;

    private TestClient()
    {
    }

    public static async Task<TestClient> ConnectAsync(IPEndPoint endPoint)
    {
        var client = new TestClient();
        await client._socket.ConnectAsync(endPoint).OrTimeout($"a connection to {endPoint}");
        return client;
    }

    /// <summary>Asks, and gives the answer, of which every byte has been understood.</summary>
    public async Task<TResponse> AskAsync<TResponse>(IRequestMessage<TResponse> request, short version)
        where TResponse : class, IResponseMessage, new()
    {
        var correlationId = await SendAsync(request, version);
        return await ReceiveAsync<TResponse>(request.ApiKey, version, correlationId);
    }

    /// <summary>Asks without waiting for an answer; gives the correlation id.</summary>
    public async Task<int> SendAsync(IRequestMessage request, short version)
    {
        var correlationId = ++_correlationId;
        await SendRawAsync(Frame(request, version, correlationId));
        return correlationId;
    }

    public async Task<TResponse> ReceiveAsync<TResponse>(ApiKey key, short version, int correlationId)
        where TResponse : class, IResponseMessage, new()
    {
        var frame = await ReceiveFrameAsync() ?? throw new InvalidOperationException($"The broker closed the connection instead of answering {key} of version {version}.");
        return Decode<TResponse>(frame, key, version, correlationId);
    }

    /// <summary>The next frame without its length, or null when the broker has closed the connection.</summary>
    public async Task<byte[]?> ReceiveFrameAsync()
    {
        var length = new byte[sizeof(int)];
        if (!await ReceiveExactlyAsync(length))
        {
            return null;
        }

        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        return await ReceiveExactlyAsync(frame) ? frame : throw new EndOfStreamException("The connection ended within an answer.");
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes).AsTask().OrTimeout("the broker to take a request")..];
        }
    }

    /// <summary>A request as it goes over the wire, its length in front.</summary>
    public static byte[] Frame(IRequestMessage request, short version, int correlationId)
    {
        using var writer = new MessageWriter();
        writer.BeginFrame();
        var facts = ApiCatalog.Get(request.ApiKey);
        new RequestHeader
        {
            RequestApiKey = (short)request.ApiKey,
            RequestApiVersion = version,
            CorrelationId = correlationId,
            ClientId = "a-test",
        }.Write(writer, facts.RequestHeaderVersion(version));
        request.Write(writer, version);
        writer.EndFrame();
        return writer.ToArray();
    }

    public void Dispose() => _socket.Dispose();

    private static TResponse Decode<TResponse>(byte[] frame, ApiKey key, short version, int correlationId)
        where TResponse : class, IResponseMessage, new()
    {
        var reader = new MessageReader(frame);
        var header = new ResponseHeader();
        header.Read(ref reader, ApiCatalog.Get(key).ResponseHeaderVersion(version));
        Assert.Equal(correlationId, header.CorrelationId);
        var response = new TResponse();
        response.Read(ref reader, version);
        reader.EnsureEnd();
        return response;
    }

    private async Task<bool> ReceiveExactlyAsync(Memory<byte> target)
    {
        var wanted = target.Length;
        while (target.Length > 0)
        {
            int received;
            try
            {
                received = await _socket.ReceiveAsync(target).AsTask().OrTimeout($"{target.Length} bytes from the broker");
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                received = 0;
            }

            if (received == 0)
            {
                return target.Length == wanted ? false : throw new EndOfStreamException("The connection ended within an answer.");
            }

            target = target[received..];
        }

        return true;
    }
}
