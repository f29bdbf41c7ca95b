namespace Spate.Broker.Cluster;

/// <summary>A node as clients are told of it.</summary>
/// <param name="Id">The node's id, or -1 for none.</param>
/// <param name="Host">The host that clients are to connect to.</param>
/// <param name="Port">The port there, or -1 for none.</param>
public sealed record BrokerAddress(int Id, string Host, int Port)
{
    /// <summary>What stands where there is no node to name.</summary>
    public static BrokerAddress Nowhere { get; } = new(-1, "", -1);
}
