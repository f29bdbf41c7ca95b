namespace Spate.Client.Metadata;

/// <summary>One broker of the cluster.</summary>
internal sealed record NodeMetadata(int Id, ServerAddress Address, string? Rack);
