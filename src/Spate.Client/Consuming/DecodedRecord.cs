namespace Spate.Client.Consuming;

/// <summary>A record as it is handed out, or why it could not be read.</summary>
internal readonly record struct DecodedRecord<TKey, TValue>(ConsumerRecord<TKey, TValue> Record, KafkaSerializationException? Error);
