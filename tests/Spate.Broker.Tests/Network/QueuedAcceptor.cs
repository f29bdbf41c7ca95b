using System.Net;
using System.Threading.Channels;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>Lets in whom the test sends, or fails as it says.</summary>
internal sealed class QueuedAcceptor : IAcceptor
{
    private readonly Channel<object> _queue = Channel.CreateUnbounded<object>();

    public IPEndPoint EndPoint { get; } = new(IPAddress.Loopback, 9092);

    public void Enqueue(ITransport transport) => _queue.Writer.TryWrite(transport);

    public void Fail(Exception exception) => _queue.Writer.TryWrite(exception);

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken) =>
        await _queue.Reader.ReadAsync(cancellationToken) switch
        {
            ITransport transport => transport,
            var exception => throw (Exception)exception,
        };

    public void Dispose() => _queue.Writer.TryComplete();
}
