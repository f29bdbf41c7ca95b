namespace Spate.Client.Administration;

/// <summary>A broker of a cluster.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Address">Where clients reach it.</param>
/// <param name="Rack">Where it stands; null when it does not say.</param>
public sealed record BrokerDescription(int Id, ServerAddress Address, string? Rack)
{
    /// <summary>Whether it is registered and kept from serving, such as while it starts or is cut off (KIP-1073).</summary>
    public bool IsFenced { get; init; }
}
