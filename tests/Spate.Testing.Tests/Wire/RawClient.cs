using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Testing.Tests.Wire;

/// <summary>A client that says exactly what a test wants said, and sees where its connection ends. Every wait of it ends.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly string _name;
    private int _correlationId;

    private RawClient(string name) => _name = name;

    public static async Task<RawClient> ConnectAsync(EmbeddedBroker broker, string name = "a-test")
    {
        var client = new RawClient(name);
        await client._socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, broker.Port)).OrTimeout("a connection");
        return client;
    }

    /// <summary>Asks in the newest version, unless one is given, and gives the answer.</summary>
    public async Task<TResponse> AskAsync<TResponse>(IRequestMessage<TResponse> request, short? version = null)
        where TResponse : class, IResponseMessage, new()
    {
        await SendAsync(request, version);
        return await ReceiveAsync(request, version);
    }

    public async Task SendAsync(IRequestMessage request, short? version = null)
    {
        using var writer = new MessageWriter();
        writer.BeginFrame();
        var facts = ApiCatalog.Get(request.ApiKey);
        var chosen = version ?? facts.HighestVersion;
        new RequestHeader { RequestApiKey = (short)request.ApiKey, RequestApiVersion = chosen, CorrelationId = ++_correlationId, ClientId = _name }
            .Write(writer, facts.RequestHeaderVersion(chosen));
        request.Write(writer, chosen);
        writer.EndFrame();
        await _socket.SendAsync(writer.ToArray()).OrTimeout("the request to be taken");
    }

    /// <summary>The next answer, which must be to such a request.</summary>
    public async Task<TResponse> ReceiveAsync<TResponse>(IRequestMessage<TResponse> request, short? version = null)
        where TResponse : class, IResponseMessage, new()
    {
        var facts = ApiCatalog.Get(request.ApiKey);
        var chosen = version ?? facts.HighestVersion;
        var length = new byte[sizeof(int)];
        Assert.Equal(length.Length, await ReceiveAsync(length));
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        Assert.Equal(frame.Length, await ReceiveAsync(frame));
        var reader = new MessageReader(frame);
        new ResponseHeader().Read(ref reader, facts.ResponseHeaderVersion(chosen));
        var response = new TResponse();
        response.Read(ref reader, chosen);
        reader.EnsureEnd();
        return response;
    }

    /// <summary>All bytes that still come until the broker closes the connection.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        var bytes = new byte[1 << 20];
        return bytes[..await ReceiveAsync(bytes)];
    }

    public void Dispose() => _socket.Dispose();

    private async Task<int> ReceiveAsync(Memory<byte> target)
    {
        var filled = 0;
        while (filled < target.Length)
        {
            int received;
            try
            {
                received = await _socket.ReceiveAsync(target[filled..]).AsTask().OrTimeout("bytes from the broker, or the end of the connection");
            }
            catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
            {
                return filled;
            }

            if (received == 0)
            {
                return filled;
            }

            filled += received;
        }

        return filled;
    }
}
