using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Microsoft.Win32.SafeHandles;
using Spate.Broker.Network;
using Spate.Protocol.Wire;

namespace Spate.Broker.Tests.Network;

/// <summary>Records that the system sends from their file, over a real socket.</summary>
public sealed class FileSendingTests : IDisposable
{
    private const int Start = 4321;
    private const int HeadBytes = 100;

    // More than the kernel holds for a connection in both directions, so that a client that does not read fills the socket.
    private const int RecordBytes = 48 << 20;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"spate-sending-{Guid.NewGuid():N}");
    private readonly SafeFileHandle _file;
    private readonly byte[] _content = new byte[Start + RecordBytes + 777];

    public FileSendingTests()
    {
        new Random(20261123).NextBytes(_content);
        File.WriteAllBytes(_path, _content);
        _file = File.OpenHandle(_path);
    }

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task A_client_that_reads_late_gets_every_byte_in_order()
    {
        var (transport, client) = await ConnectAsync();
        using (transport)
        using (client)
        {
            using var source = new FileRegionSource(_file, Start, RecordBytes);
            var sending = SendAsync(transport, source);
            await transport.Full.WaitAsync(TimeSpan.FromSeconds(60));

            var received = new byte[HeadBytes + RecordBytes];
            for (var count = 0; count < received.Length;)
            {
                var now = await client.ReceiveAsync(received.AsMemory(count), SocketFlags.None).AsTask().WaitAsync(TimeSpan.FromSeconds(60));
                Assert.True(now > 0, $"The stream ended after {count} bytes.");
                count += now;
            }

            await sending.WaitAsync(TimeSpan.FromSeconds(60));
            Assert.True(received.AsSpan(HeadBytes).SequenceEqual(_content.AsSpan(Start, RecordBytes)));
            Assert.InRange(transport.SentFromFile, RecordBytes / 2, RecordBytes);
        }
    }

    [Fact]
    public async Task A_truncation_while_records_are_sent_breaks_the_frame_off()
    {
        var (transport, client) = await ConnectAsync();
        using (transport)
        using (client)
        {
            using var source = new FileRegionSource(_file, Start, 1 << 20) { IntactChecks = 0 };
            await Assert.ThrowsAsync<RecordSourceException>(() => SendAsync(transport, source).WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Fact]
    public async Task A_file_that_ends_before_its_records_breaks_the_frame_off()
    {
        var (transport, client) = await ConnectAsync();
        using (transport)
        using (client)
        {
            using var source = new FileRegionSource(_file, _content.Length - 20_000, 40_000);
            await Assert.ThrowsAsync<RecordSourceException>(() => SendAsync(transport, source).WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    private static async Task SendAsync(WatchedFileTransport transport, FileRegionSource source)
    {
        var metrics = new NetworkMetrics();
        var sender = new FrameSender(transport, new FrameBufferPool(), new ConnectionActivity(new FakeTimeProvider(), metrics));
        var head = new byte[HeadBytes];
        Frames.Prefix(HeadBytes - sizeof(int) + source.Length).CopyTo(head, 0);
        using var frame = new OutgoingFrame([new FramePart(head), new FramePart(source)]);
        try
        {
            await sender.AppendAsync(frame, moreFollows: false);
            await sender.FlushAndReleaseAsync();
        }
        finally
        {
            sender.Release();
        }
    }

    private static async Task<(WatchedFileTransport Transport, Socket Client)> ConnectAsync()
    {
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (new WatchedFileTransport(new SocketTransport(await listener.AcceptAsync())), client);
    }
}
