using Spate.Broker.Cluster;
using Spate.Metadata.Images;

namespace Spate.Broker.Handlers.Groups;

/// <summary>Whether the cluster has share groups: whether its level of share.version is 1 at least.</summary>
internal static class ShareGroupLevel
{
    private const short LevelOfTheProtocol = 1;

    /// <summary>What is answered, with UNSUPPORTED_VERSION, while it has none.</summary>
    public const string Message = "The level of share.version is below 1: share groups are switched off.";

    public static bool HasShareGroups(this ClusterView cluster) => cluster.Image.Features.LevelOf(Features.ShareVersion) >= LevelOfTheProtocol;
}
