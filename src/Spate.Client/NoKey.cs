namespace Spate.Client;

/// <summary>The type of the key of records that have none.</summary>
public readonly record struct NoKey;
