using Spate.Metadata.Images;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Control;

/// <summary>
/// UpdateFeatures (KIP-584): raises the levels of features, or lowers them where the request says that this is meant. Up to version 1 each
/// feature is decided and answered by itself; from version 2 on (KIP-1022) all of them or none, with one answer. Pure.
/// </summary>
public static class FeatureUpdate
{
    private const short FirstVersionOfAllOrNone = 2;

    private const sbyte Upgrade = 1;
    private const sbyte SafeDowngrade = 2;
    private const sbyte UnsafeDowngrade = 3;

    /// <param name="image">What is decided.</param>
    /// <param name="request">The levels asked for.</param>
    /// <param name="version">The version of the request.</param>
    public static Decision<UpdateFeaturesResponse> Decide(ClusterImage image, UpdateFeaturesRequest request, short version)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(request);
        var reply = new UpdateFeaturesResponse { ErrorMessage = null };
        var records = new List<IMetadataRecord>();
        var repeated = request.FeatureUpdates.CountBy(update => update.Feature, StringComparer.Ordinal)
            .Where(pair => pair.Value > 1).Select(pair => pair.Key).ToHashSet(StringComparer.Ordinal);

        // What all records are written by comes first.
        foreach (var update in request.FeatureUpdates.DistinctBy(update => update.Feature).OrderByDescending(update => update.Feature == Features.MetadataVersion))
        {
            var (error, fault) = repeated.Contains(update.Feature)
                ? (ErrorCode.InvalidRequest, $"The feature '{update.Feature}' stands in the request more than once.")
                : (ErrorCode.InvalidUpdateVersion, Fault(image, update, version == 0 ? update.AllowDowngrade ? SafeDowngrade : Upgrade : update.UpgradeType));
            if (fault is not null && version >= FirstVersionOfAllOrNone)
            {
                reply.ErrorCode = error;
                reply.ErrorMessage = $"The update failed for all features since the following feature had an error: {fault}";
                return new Decision<UpdateFeaturesResponse>([], reply);
            }

            if (fault is null && update.MaxVersionLevel != image.Features.LevelOf(update.Feature))
            {
                records.Add(new FeatureLevelRecord { Name = update.Feature, FeatureLevel = update.MaxVersionLevel });
            }

            if (version < FirstVersionOfAllOrNone)
            {
                reply.Results.Add(new UpdateFeaturesResponse.UpdatableFeatureResult
                {
                    Feature = update.Feature,
                    ErrorCode = fault is null ? ErrorCode.None : error,
                    ErrorMessage = fault,
                });
            }
        }

        return new Decision<UpdateFeaturesResponse>(request.ValidateOnly ? [] : records, reply);
    }

    /// <summary>Says in a sentence or two why a feature cannot be set so, or returns null when it can.</summary>
    private static string? Fault(ClusterImage image, UpdateFeaturesRequest.FeatureUpdateKey update, sbyte kind)
    {
        var why = Reason(image, update.Feature, update.MaxVersionLevel, kind);
        return why is null ? null : $"Invalid update version {update.MaxVersionLevel} for feature {update.Feature}. {why}";
    }

    private static string? Reason(ClusterImage image, string feature, short level, sbyte kind)
    {
        if (kind is not (Upgrade or SafeDowngrade or UnsafeDowngrade))
        {
            return $"The upgrade type {kind} is none of 1 (upgrade), 2 (safe downgrade) and 3 (unsafe downgrade).";
        }

        if (level < 0)
        {
            return "A feature version cannot be less than 0.";
        }

        if (NotSupported(image, feature, level) is { } unsupported)
        {
            return unsupported;
        }

        var current = image.Features.LevelOf(feature);
        if (level < current && kind == Upgrade)
        {
            return "Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.";
        }

        if (level > current && kind != Upgrade)
        {
            return "Can't downgrade to a newer version.";
        }

        if (feature != Features.MetadataVersion || level >= current || !MetadataVersion.IsLossy(current, level))
        {
            return null;
        }

        return kind == UnsafeDowngrade
            ? "Unsafe metadata downgrade is not supported in this version."
            : $"Refusing to downgrade from {MetadataVersion.NameOf(current)} to {MetadataVersion.NameOf(level)} because it might delete metadata information.";
    }

    private static string? NotSupported(ClusterImage image, string feature, short level)
    {
        if (Features.Find(feature) is not { } known)
        {
            return "The controller does not know this feature.";
        }

        // A feature that cannot be done without, as the way in which records are written, begins above 0.
        if (!known.Contains(level))
        {
            return known.Highest == 0
                ? "The controller does not support this feature."
                : $"The controller supports versions {known.Lowest} to {known.Highest} of it.";
        }

        foreach (var broker in image.Brokers.ById.Values)
        {
            var range = broker.Features.FirstOrDefault(each => each.Name == feature);
            if (level != 0 && range?.Contains(level) != true)
            {
                return range is null
                    ? $"Broker {broker.Id} does not support this feature."
                    : $"Broker {broker.Id} supports versions {range.Lowest} to {range.Highest} of it.";
            }
        }

        return null;
    }
}
