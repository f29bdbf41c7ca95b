using Spate.Protocol.Messages;

namespace Spate.Client.Connections;

/// <summary>The versions of each API that this client speaks: all that there are, but for the oldest of a few.</summary>
internal static class ClientVersions
{
    /// <summary>The lowest version that is spoken. What Kafka 2.1 offers reaches above each of them.</summary>
    public static short LowestOf(ApiKey api) => api switch
    {
        // Before these, records came in older formats.
        ApiKey.Produce => 3,
        ApiKey.Fetch => 4,

        // Before this, the answer was a list of segments' offsets.
        ApiKey.ListOffsets => 1,

        // Before this, an empty list of topics meant all of them.
        ApiKey.Metadata => 1,
        _ => ApiCatalog.Get(api).LowestVersion,
    };

    public static short HighestOf(ApiKey api) => ApiCatalog.Get(api).HighestVersion;
}
