namespace Spate.Client.Administration;

/// <summary>The versions of an API that a broker offers.</summary>
/// <param name="Lowest">The lowest one.</param>
/// <param name="Highest">The highest one.</param>
public readonly record struct ApiVersionRange(short Lowest, short Highest);
