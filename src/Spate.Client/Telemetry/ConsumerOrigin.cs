namespace Spate.Client.Telemetry;

/// <summary>What a record remembers of the consumer that read it, for whoever tells of the work on it.</summary>
internal sealed record ConsumerOrigin(string ClientId, string? Group, TimeProvider Clock);
