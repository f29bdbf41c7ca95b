using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Spate.Client.Tests.Fakes;

/// <summary>Something that listens and is no broker: whatever it is asked, it says the same, or nothing, or hangs up.</summary>
internal sealed class StrangeServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _ending = new();
    private readonly byte[]? _says;
    private readonly Task _accepting;

    /// <param name="says">What it says to the first bytes that come; nothing when empty; null has it hang up on them.</param>
    public StrangeServer(byte[]? says)
    {
        _says = says;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}");
        _accepting = AcceptAsync();
    }

    public string Address { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ending.Dispose();
    }

    private async Task AcceptAsync()
    {
        var talking = new List<Task>();
        try
        {
            while (true)
            {
                talking.Add(TalkAsync(await _listener.AcceptAsync(_ending.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            await Task.WhenAll(talking);
        }
    }

    private async Task TalkAsync(Socket client)
    {
        using (client)
        {
            try
            {
                var buffer = new byte[4096];
                while (await client.ReceiveAsync(buffer, _ending.Token) > 0 && _says is not null)
                {
                    if (_says.Length > 0)
                    {
                        await client.SendAsync(_says, _ending.Token);
                    }
                }
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException)
            {
                // The client has had enough, or the test has.
            }
        }
    }
}
