using Spate.Broker.Cluster;
using Spate.Broker.Network;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Testing.Faults;

/// <summary>Stands between the connections and the broker, and lets faults have what they befall.</summary>
/// <param name="broker">The broker's own dispatcher.</param>
/// <param name="cluster">Knows the names of topics.</param>
/// <param name="faults">What is to go wrong.</param>
/// <param name="ended">Cancelled when the broker goes down: what faults hold back does not keep it.</param>
internal sealed class FaultingDispatcher(IRequestDispatcher broker, ClusterView cluster, BrokerFaults faults, CancellationToken ended) : IRequestDispatcher
{
    public ValueTask<OutgoingFrame?> DispatchAsync(RequestFrame frame, ConnectionContext connection, CancellationToken closed)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (TryRead(frame.Bytes) is not { } request || faults.Find(request) is not { } fault)
        {
            return broker.DispatchAsync(frame, connection, closed);
        }

        return fault.Action.AnswerAsync(
            new FaultedCall(request, () => broker.DispatchAsync(frame, connection, closed), fault.Befell, closed, ended, fault.Lifted));
    }

    /// <summary>The request, or null where no fault is ordered for its API, or where it cannot be read, which is the broker's to complain of.</summary>
    private FaultedRequest? TryRead(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var start = new MessageReader(bytes);
            var key = (ApiKey)start.ReadInt16();
            var version = start.ReadInt16();
            if (!faults.MayBefall(key) || !ApiCatalog.TryGet(key, out var facts) || !facts.Supports(version))
            {
                return null;
            }

            var reader = new MessageReader(bytes);
            var header = new RequestHeader();
            header.Read(ref reader, facts.RequestHeaderVersion(version));
            var message = ApiCatalog.CreateRequest(key);
            message.Read(ref reader, version);
            return new FaultedRequest(version, header.ClientId ?? "", message)
            {
                CorrelationId = header.CorrelationId,
                Topics = [.. RequestTopics.Of(message).Select(topic => topic.Name ?? NameOf(topic.Id)).OfType<string>()],
            };
        }
        catch (MalformedMessageException)
        {
            return null;
        }
    }

    private string? NameOf(Protocol.Uuid id) => cluster.Image.TryGetTopic(id, out var topic) ? topic.Name : null;
}
