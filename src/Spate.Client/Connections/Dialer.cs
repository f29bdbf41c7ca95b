using System.Net;
using System.Net.Sockets;

namespace Spate.Client.Connections;

/// <summary>
/// Makes connections to a broker, one at a time: resolves its name every time, and tries one address after the other (KIP-302). An address that swallows what is sent to it
/// uses up the time of an attempt; so each attempt after a failure begins with another one.
/// </summary>
internal sealed class Dialer(KafkaClientOptions options)
{
    private int _first;

    /// <summary>The last attempt failed, also where that was found out only later.</summary>
    public void BeginWithNext() => _first++;

    /// <exception cref="KafkaException">No address answered, or the connection could not be secured.</exception>
    /// <exception cref="OperationCanceledException">The time was up.</exception>
    public async Task<Stream> DialAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var transport = await ConnectAsync(server, cancellationToken).ConfigureAwait(false);
        try
        {
            return await options.Security.SecureAsync(transport, server, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            if (failure is IOException or SocketException)
            {
                throw new KafkaConnectionException($"The connection to {server} broke while it was being secured: {failure.Message}", failure) { Broker = server.ToString() };
            }

            throw;
        }
    }

    private async Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        SocketException? last = null;
        var addresses = await ResolveAsync(server, cancellationToken).ConfigureAwait(false);
        for (var index = 0; index < addresses.Length; index++)
        {
            var address = addresses[(int)((uint)(_first + index) % (uint)addresses.Length)];
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, server.Port), cancellationToken).ConfigureAwait(false);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                socket.Dispose();
                last = failure;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }

        throw new KafkaConnectionException(
            $"Nothing answers at {server} ({last?.Message ?? "its name has no address"}). Check that the broker runs, that the port is its listener's, and that nothing in between blocks it.", last)
        {
            Broker = server.ToString(),
        };
    }

    private async Task<IPAddress[]> ResolveAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(server.Host, out var address))
        {
            return [address];
        }

        try
        {
            return await options.NameResolver.ResolveAsync(server.Host, cancellationToken).ConfigureAwait(false);
        }
        catch (SocketException failure)
        {
            throw new KafkaConnectionException($"The name of {server} cannot be resolved ({failure.Message}). Check its spelling and the resolver.", failure)
            {
                Broker = server.ToString(),
            };
        }
    }
}
