using System.Net;
using System.Net.Sockets;

namespace Spate.Client.Connections;

/// <summary>Makes a connection to a broker: resolves its name every time, and tries one address after the other (KIP-302).</summary>
internal sealed class Dialer(KafkaClientOptions options)
{
    /// <exception cref="KafkaException">No address answered, or the connection could not be secured.</exception>
    /// <exception cref="OperationCanceledException">The time was up.</exception>
    public async Task<Stream> DialAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        var transport = await ConnectAsync(server, cancellationToken);
        try
        {
            return await options.Security.SecureAsync(transport, server, cancellationToken);
        }
        catch (Exception failure)
        {
            await transport.DisposeAsync();
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
        var addresses = await ResolveAsync(server, cancellationToken);
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, server.Port), cancellationToken);
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
            return await options.NameResolver.ResolveAsync(server.Host, cancellationToken);
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
