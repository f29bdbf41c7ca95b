using System.Collections.Immutable;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>A broker as it has registered.</summary>
public sealed record BrokerImage
{
    public required int Id { get; init; }

    /// <summary>Which registration of the broker this is: the offset of its record, so that a later one is greater.</summary>
    public required long Epoch { get; init; }

    /// <summary>Which run of the process has registered: another one has another id.</summary>
    public required Uuid IncarnationId { get; init; }

    public required ImmutableArray<BrokerEndPoint> EndPoints { get; init; }

    /// <summary>The levels of features that the broker can run with.</summary>
    public required ImmutableArray<FeatureRange> Features { get; init; }

    /// <summary>Where it stands (<c>broker.rack</c>), or null.</summary>
    public required string? Rack { get; init; }

    /// <summary>True while the broker may not lead anything and is not told to clients.</summary>
    public required bool IsFenced { get; init; }

    /// <summary>True while the broker is shutting down and hands over what it leads.</summary>
    public required bool IsInControlledShutdown { get; init; }

    /// <summary>The ids of its log directories that are online (KIP-858).</summary>
    public required ImmutableArray<Uuid> LogDirs { get; init; }

    /// <summary>The address on a listener, or null when the broker has none of that name.</summary>
    public BrokerEndPoint? FindEndPoint(string listener)
    {
        foreach (var endPoint in EndPoints)
        {
            if (string.Equals(endPoint.Name, listener, StringComparison.Ordinal))
            {
                return endPoint;
            }
        }

        return null;
    }

    internal static BrokerImage From(RegisterBrokerRecord record) => new()
    {
        Id = record.BrokerId,
        Epoch = record.BrokerEpoch,
        IncarnationId = record.IncarnationId,
        EndPoints = [.. record.EndPoints.Select(each => new BrokerEndPoint(each.Name, each.Host, each.Port, each.SecurityProtocol))],
        Features = [.. record.Features.Select(each => new FeatureRange(each.Name, each.MinSupportedVersion, each.MaxSupportedVersion))],
        Rack = record.Rack,
        IsFenced = record.Fenced,
        IsInControlledShutdown = record.InControlledShutdown,
        LogDirs = [.. record.LogDirs],
    };

    internal RegisterBrokerRecord ToRecord() => new()
    {
        BrokerId = Id,
        BrokerEpoch = Epoch,
        IncarnationId = IncarnationId,
        EndPoints = [.. EndPoints.Select(each => new RegisterBrokerRecord.BrokerEndpoint { Name = each.Name, Host = each.Host, Port = each.Port, SecurityProtocol = each.SecurityProtocol })],
        Features = [.. Features.Select(each => new RegisterBrokerRecord.BrokerFeature { Name = each.Name, MinSupportedVersion = each.Lowest, MaxSupportedVersion = each.Highest })],
        Rack = Rack,
        Fenced = IsFenced,
        InControlledShutdown = IsInControlledShutdown,
        LogDirs = [.. LogDirs],
    };

    /// <summary>The broker after a record that says what is different.</summary>
    internal BrokerImage With(BrokerRegistrationChangeRecord change) => this with
    {
        IsFenced = Changed(change.Fenced, IsFenced, "fenced"),
        IsInControlledShutdown = Changed(change.InControlledShutdown, IsInControlledShutdown, "in controlled shutdown"),
        LogDirs = change.LogDirs.Count == 0 ? LogDirs : [.. change.LogDirs],
    };

    /// <summary>A change is 1 for "now it is", -1 for "now it is not", 0 for "as before".</summary>
    private bool Changed(sbyte change, bool before, string what) => change switch
    {
        0 => before,
        1 => true,
        -1 => false,
        _ => throw new InvalidOperationException($"The metadata log says {change} of whether broker {Id} is {what}; only -1, 0 and 1 mean something."),
    };
}
