namespace Spate.Client.Serialization;

/// <summary>What is written or read, for serialisers that depend on it.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Part">Key or value.</param>
public readonly record struct SerializationContext(string Topic, RecordPart Part);
