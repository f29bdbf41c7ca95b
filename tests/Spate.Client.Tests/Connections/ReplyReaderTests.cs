using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Spate.Client.Connections;

namespace Spate.Client.Tests.Connections;

/// <summary>Replies over a real socket, however they are cut.</summary>
public sealed class ReplyReaderTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _broker;
    private readonly NetworkStream _stream;
    private readonly ReplyReader _reader;

    public ReplyReaderTests()
    {
        _listener.Start();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_listener.LocalEndpoint);
        _broker = _listener.AcceptSocket();
        _broker.NoDelay = true;
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new ReplyReader(_stream, "b", replyBytesMax: 16 << 20);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1_000)]
    [InlineData(128 * 1024)]
    [InlineData(1_000_000)]
    [InlineData(3_000_001)]
    public async Task Replies_of_any_length_are_whole_and_those_behind_them_too(int length)
    {
        var first = Reply(length, seed: length);
        var second = Reply(17, seed: 17);
        var sending = SendAsync([.. first, .. second, .. first], piece: int.MaxValue);

        Assert.Equal(first[4..], await NextAsync());
        Assert.Equal(second[4..], await NextAsync());
        Assert.Equal(first[4..], await NextAsync());
        await sending;
    }

    [Fact]
    public async Task A_large_reply_that_trickles_in_is_whole_as_soon_as_its_last_byte_is_there()
    {
        var reply = Reply(2_500_000, seed: 1);
        var reading = NextAsync();
        await SendAsync(reply[..^1], piece: 9_001);
        Assert.False(reading.IsCompleted);
        await SendAsync(reply[^1..], piece: 1);

        Assert.Equal(reply[4..], await reading);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(70_000)]
    [InlineData(1_999_999)]
    public async Task A_large_reply_that_is_cut_short_is_told_at_once(int sent)
    {
        var reading = NextAsync();
        await SendAsync(Reply(2_000_000, seed: 2)[..sent], piece: int.MaxValue);
        _broker.Dispose();

        Assert.Contains("in the middle of a reply", (await Assert.ThrowsAsync<KafkaConnectionException>(() => reading)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
        _broker.Dispose();
        _listener.Dispose();
    }

    private static byte[] Reply(int length, int seed)
    {
        var reply = new byte[4 + length];
        new Random(seed).NextBytes(reply);
        BinaryPrimitives.WriteInt32BigEndian(reply, length);
        return reply;
    }

    private async Task SendAsync(byte[] bytes, int piece)
    {
        for (var rest = bytes.AsMemory(); rest.Length > 0;)
        {
            rest = rest[await _broker.SendAsync(rest[..Math.Min(piece, rest.Length)])..];
        }
    }

    private async Task<byte[]> NextAsync()
    {
        using var frame = await _reader.ReadAsync(default);
        return frame!.Memory.ToArray();
    }
}
