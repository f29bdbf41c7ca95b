namespace Spate.Client.Administration;

/// <summary>Levels of a feature, the lowest and the highest of them in it.</summary>
/// <param name="Lowest">The lowest level.</param>
/// <param name="Highest">The highest level.</param>
public readonly record struct FeatureLevels(short Lowest, short Highest);
