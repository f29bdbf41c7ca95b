namespace Spate.Protocol.Generator.Emission;

/// <summary>What the catalog has to know of one API. Compared by value, so that the catalog is written anew only when it changes.</summary>
internal sealed record ApiEntry(int Key, string Name, int Lowest, int Highest, int? FirstFlexible, string Listeners);
