using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// What a broker says of itself when it starts. Its registration is a decision as any other; on a cluster where nothing was decided yet it
/// is preceded by the levels of all features, that of <c>metadata.version</c> first. Partitions that nobody leads and that it has all of are its to
/// lead from then on.
/// </summary>
public sealed record BrokerRegistration
{
    public required int NodeId { get; init; }

    /// <summary>Unlike that of any other run of the process.</summary>
    public required Uuid IncarnationId { get; init; }

    /// <summary>Where clients reach it.</summary>
    public required IReadOnlyList<BrokerEndPoint> EndPoints { get; init; }

    /// <summary>Where it stands (<c>broker.rack</c>), or null.</summary>
    public string? Rack { get; init; }

    /// <summary>The ids of its log directories that are online.</summary>
    public required IReadOnlyList<Uuid> LogDirs { get; init; }

    /// <summary>Decides the registration. The broker is not fenced: it is the controller itself who registers, and serves as soon as it has.</summary>
    /// <returns>The epoch of the broker: the offset of its registration.</returns>
    public Decision<long> Decide(ClusterImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var records = new List<IMetadataRecord>();
        if (image.Features.LevelOf(Features.MetadataVersion) == 0)
        {
            records.AddRange(Features.Supported.OrderByDescending(range => range.Name == Features.MetadataVersion)
                .Select(range => new FeatureLevelRecord { Name = range.Name, FeatureLevel = range.Highest }));
        }

        // Directories came with a later level; below it a record cannot name them.
        var level = image.Features.LevelOf(Features.MetadataVersion) == 0 ? MetadataVersion.Latest : image.Features.MetadataVersion;
        var epoch = image.Position.EndOffset + records.Count;
        records.Add(new BrokerImage
        {
            Id = NodeId,
            Epoch = epoch,
            IncarnationId = IncarnationId,
            EndPoints = [.. EndPoints],
            Features = [.. Features.Supported],
            Rack = Rack,
            IsFenced = false,
            IsInControlledShutdown = false,
            LogDirs = level >= MetadataVersion.Directories ? [.. LogDirs] : [],
        }.ToRecord());
        records.AddRange(LeaderElection.OfArrived(image, NodeId));
        return new Decision<long>(records, epoch);
    }
}
