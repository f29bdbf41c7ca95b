namespace Spate.Client.Administration;

/// <summary>Features of a cluster (KIP-584), such as <c>metadata.version</c>.</summary>
/// <param name="Finalized">The levels that all brokers work by; a feature that is off is missing.</param>
/// <param name="FinalizedEpoch">Counts the changes of it; null when the broker does not know yet.</param>
/// <param name="Supported">What the broker that was asked could do.</param>
public sealed record FeatureDescription(
    IReadOnlyDictionary<string, FeatureLevels> Finalized, long? FinalizedEpoch, IReadOnlyDictionary<string, FeatureLevels> Supported);
