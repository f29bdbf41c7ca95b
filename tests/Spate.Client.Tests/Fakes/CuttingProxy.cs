using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Spate.Client.Tests.Fakes;

/// <summary>
/// Stands between clients and a broker and cuts each connection after a number of bytes that chance gives for each direction, wherever in a message that is: what
/// comes before the cut arrives, what comes behind it does not. The same seed gives the same numbers, one connection after the other.
/// </summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ending = new();
    private readonly Random _random;
    private readonly int _bytesMin;
    private readonly int _bytesMax;
    private readonly Task _accepting;
    private int _cuts;

    /// <param name="seed">Where the chance begins.</param>
    /// <param name="bytesMin">The least that a connection carries in one direction before it is cut.</param>
    /// <param name="bytesMax">The most.</param>
    public CuttingProxy(int seed, int bytesMin, int bytesMax)
    {
        _random = new Random(seed);
        _bytesMin = bytesMin;
        _bytesMax = bytesMax;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where clients connect to.</summary>
    public string Address { get; }

    /// <summary>The broker's port; connections that come before it is known are refused.</summary>
    public int Target { get; set; }

    /// <summary>Connections that were cut.</summary>
    public int Cuts => Volatile.Read(ref _cuts);

    /// <summary>Whether connections are still cut. Those that were given a length keep it.</summary>
    public bool IsCutting { get; set; } = true;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptAsync(_ending.Token);
                carrying.RemoveAll(task => task.IsCompleted);
                carrying.Add(CarryAsync(client, Length(), Length()));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private long Length() => IsCutting ? _random.Next(_bytesMin, _bytesMax) : long.MaxValue;

    private async Task CarryAsync(Socket client, long upwards, long downwards)
    {
        using (client)
        {
            using var broker = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                client.NoDelay = true;
                await broker.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Target), _ending.Token);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
                var ways = new[] { PumpAsync(client, broker, upwards, either.Token), PumpAsync(broker, client, downwards, either.Token) };
                await Task.WhenAny(ways);
                await either.CancelAsync();
                await Task.WhenAll(ways);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // One of the two has gone, and the other is told by the end of its connection.
            }
        }
    }

    private async Task PumpAsync(Socket from, Socket to, long length, CancellationToken ending)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ending) is > 0 and var received)
            {
                var carried = (int)Math.Min(received, length);
                await to.SendAsync(buffer.AsMemory(0, carried), ending);
                length -= carried;
                if (carried < received)
                {
                    Interlocked.Increment(ref _cuts);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // As above.
        }
    }
}
