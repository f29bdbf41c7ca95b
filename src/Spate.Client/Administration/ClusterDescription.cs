namespace Spate.Client.Administration;

/// <summary>A cluster as it describes itself.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="ControllerId">The broker that takes decisions, or passes them on; null when there is none.</param>
/// <param name="Brokers">Its brokers, by their ids.</param>
public sealed record ClusterDescription(string? ClusterId, int? ControllerId, IReadOnlyList<BrokerDescription> Brokers);
