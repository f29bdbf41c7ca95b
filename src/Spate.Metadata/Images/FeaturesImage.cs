using System.Collections.Immutable;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Images;

/// <summary>The levels that were decided for features of the whole cluster (KIP-584). Immutable.</summary>
public sealed class FeaturesImage
{
    private FeaturesImage(ImmutableSortedDictionary<string, short> levels) => Levels = levels;

    public static FeaturesImage Empty { get; } = new(ImmutableSortedDictionary.Create<string, short>(StringComparer.Ordinal));

    /// <summary>Every feature above level 0, by its name.</summary>
    public ImmutableSortedDictionary<string, short> Levels { get; }

    /// <summary>
    /// The level of <c>metadata.version</c>, which says in which versions records are written; the lowest that there is until one is decided.
    /// </summary>
    public short MetadataVersion => Levels.GetValueOrDefault(Features.MetadataVersion, Images.MetadataVersion.Lowest);

    /// <summary>The level of a feature, 0 when none was decided.</summary>
    public short LevelOf(string name) => Levels.GetValueOrDefault(name);

    /// <exception cref="InvalidOperationException">The level is one that this version cannot run with.</exception>
    internal FeaturesImage With(FeatureLevelRecord record)
    {
        if (record.FeatureLevel == 0)
        {
            return new FeaturesImage(Levels.Remove(record.Name));
        }

        var range = Features.Find(record.Name)
            ?? throw new InvalidOperationException($"The cluster runs with the feature '{record.Name}' at level {record.FeatureLevel}, which this version does not know; start a version that does.");
        return range.Contains(record.FeatureLevel)
            ? new FeaturesImage(Levels.SetItem(record.Name, record.FeatureLevel))
            : throw new InvalidOperationException(
                $"The cluster runs with the feature '{record.Name}' at level {record.FeatureLevel}, and this version can run with {range.Lowest} to {range.Highest}; start a version that can.");
    }

    internal IEnumerable<IMetadataRecord> ToRecords()
    {
        // What says in which versions the others are written comes first, as Kafka has it.
        foreach (var (name, level) in Levels.OrderByDescending(each => each.Key == Features.MetadataVersion).ThenBy(each => each.Key, StringComparer.Ordinal))
        {
            yield return new FeatureLevelRecord { Name = name, FeatureLevel = level };
        }
    }
}
