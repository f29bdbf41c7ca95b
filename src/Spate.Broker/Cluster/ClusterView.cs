using Spate.Broker.Configuration;
using Spate.Metadata.Control;
using Spate.Metadata.Images;

namespace Spate.Broker.Cluster;

/// <summary>
/// What this node tells clients of the cluster: its id, its nodes, and their addresses on the listener that the client came by. Safe for use
/// by several threads at once.
/// </summary>
public sealed class ClusterView(string clusterId, int nodeId, Controller controller)
{
    private volatile Dictionary<string, BrokerAddress> _addresses = new(StringComparer.Ordinal);

    public string ClusterId { get; } = clusterId;

    public int NodeId { get; } = nodeId;

    /// <summary>What has been decided about topics.</summary>
    public ClusterImage Image => controller.Image;

    /// <summary>This node as a client of the listener reaches it.</summary>
    public BrokerAddress Self(string listenerName) => _addresses.TryGetValue(listenerName, out var address)
        ? address
        : throw new InvalidOperationException($"No address is known for the listener {listenerName}.");

    /// <summary>Names the addresses to tell, a listener each, once the listeners' ports are known.</summary>
    internal void Advertise(IEnumerable<ListenerAddress> addresses) =>
        _addresses = addresses.ToDictionary(address => address.Name, address => new BrokerAddress(NodeId, address.Host, address.Port), StringComparer.Ordinal);
}
