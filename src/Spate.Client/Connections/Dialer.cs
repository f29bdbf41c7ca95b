using System.Net;
using System.Net.Sockets;
using Spate.Client.Errors;

namespace Spate.Client.Connections;

/// <summary>
/// Makes connections to a broker, one at a time: resolves its name every time, and tries one address after the other (KIP-302). An address that swallows what is sent to it
/// uses up the time of an attempt; so each attempt after a failure begins with another one.
/// </summary>
/// <param name="options">The client's.</param>
/// <param name="name">Who is connected to, as <see cref="KafkaException.Broker"/>.</param>
internal sealed class Dialer(KafkaClientOptions options, string name)
{
    /// <summary>What the system's resolver takes.</summary>
    private const int HostLengthMax = 255;

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
            if (failure is KafkaException || cancellationToken.IsCancellationRequested)
            {
                throw;
            }

            // What secures a connection may be the caller's own, and throw anything.
            // A file that is missing is an IOException too, and no fault of the connection.
            throw failure is SocketException or EndOfStreamException || failure.GetType() == typeof(IOException)
                ? new KafkaConnectionException($"The connection to {server} broke while it was being secured: {failure.Message}", failure) { Broker = name }
                : new KafkaConnectionException($"The connection to {server} could not be secured: {options.Security.GetType().Name} threw {failure.GetType().Name}: {Sentence.Of(failure.Message)} See to what it needs.", failure) { Broker = name };
        }
    }

    private async Task<Stream> ConnectAsync(ServerAddress server, CancellationToken cancellationToken)
    {
        if (server.Port is < IPEndPoint.MinPort + 1 or > IPEndPoint.MaxPort || string.IsNullOrWhiteSpace(server.Host) || server.Host.Length > HostLengthMax)
        {
            throw new KafkaConnectionException($"Broker {name} is said to be where nothing can be. Check the brokers' advertised.listeners.") { Broker = name };
        }

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
            Broker = name,
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
                Broker = name,
            };
        }
    }
}
