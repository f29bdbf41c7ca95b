namespace Spate.Client.Producing;

/// <summary>What became of a record.</summary>
/// <param name="Record">Where it was put; when it failed, the partition that it was meant for, and the offset -1.</param>
/// <param name="Error">Null when it was delivered.</param>
public readonly record struct DeliveryReport(RecordMetadata Record, KafkaException? Error);
