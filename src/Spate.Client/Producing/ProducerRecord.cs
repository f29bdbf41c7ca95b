using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>A record to be sent.</summary>
/// <typeparam name="TKey">The key's type, which <see cref="KafkaClientOptions.Serializers"/> must know; <see cref="NoKey"/> for records without one.</typeparam>
/// <typeparam name="TValue">The value's type, which <see cref="KafkaClientOptions.Serializers"/> must know.</typeparam>
/// <param name="Topic">The topic's name.</param>
/// <param name="Key">The key; null for none. Records of one key go to one partition.</param>
/// <param name="Value">The value; null deletes the key from a compacted topic.</param>
public readonly record struct ProducerRecord<TKey, TValue>(string Topic, TKey? Key, TValue? Value)
{
    /// <summary>The partition; null, the default, leaves it to the partitioner.</summary>
    public int? Partition { get; init; }

    /// <summary>When it happened, to the millisecond; null, the default, for now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>Headers in their order (KIP-82); none by default. They must stay as they are until the call has returned its task's result.</summary>
    public ReadOnlyMemory<RecordHeader> Headers { get; init; }
}
