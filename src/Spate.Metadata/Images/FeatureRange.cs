namespace Spate.Metadata.Images;

/// <summary>The levels of a feature that a node can run with (KIP-584).</summary>
/// <param name="Name">The feature.</param>
/// <param name="Lowest">The lowest level; 0 stands for doing without it.</param>
/// <param name="Highest">The highest level.</param>
public sealed record FeatureRange(string Name, short Lowest, short Highest)
{
    public bool Contains(short level) => level >= Lowest && level <= Highest;
}
