namespace Spate.Client.Administration;

/// <summary>The level that a feature shall have.</summary>
/// <param name="Level">The level; 0 turns the feature off.</param>
/// <param name="Kind">Which ways are allowed to it.</param>
public readonly record struct FeatureUpdate(short Level, FeatureUpdateKind Kind = FeatureUpdateKind.Upgrade);
