namespace Spate.Client.Administration;

/// <summary>A cluster as it describes itself.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="ControllerId">The broker that takes decisions, or passes them on; null when there is none.</param>
/// <param name="Brokers">Its brokers, by their ids.</param>
public sealed record ClusterDescription(string? ClusterId, int? ControllerId, IReadOnlyList<BrokerDescription> Brokers)
{
    /// <summary>What this client may do to the cluster (KIP-430), in the order of the operations' numbers; null from a broker that does not tell (before Kafka 2.8).</summary>
    public IReadOnlyList<AclOperation>? AuthorizedOperations { get; init; }
}
