using Spate.Client.Telemetry;
using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>A record that was read. It and all in it outlive the enumeration, but for a key or value read as <c>ReadOnlyMemory&lt;byte&gt;</c>, which is lent until the enumeration goes on.</summary>
/// <typeparam name="TKey">The key's type.</typeparam>
/// <typeparam name="TValue">The value's type.</typeparam>
/// <param name="Partition">Its partition.</param>
/// <param name="Offset">Its offset.</param>
/// <param name="Key">The key; the type's default when the record has none.</param>
/// <param name="Value">The value; the type's default when the record has none.</param>
public readonly record struct ConsumerRecord<TKey, TValue>(TopicPartition Partition, long Offset, TKey? Key, TValue? Value)
{
    /// <summary>Milliseconds since 1970; -1 when it has none.</summary>
    public long TimestampMs { get; init; }

    /// <summary>What the timestamp says: when it happened, or when the broker appended it.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>The headers in their order.</summary>
    public IReadOnlyList<RecordHeader> Headers { get => field ?? []; init; }

    /// <summary>The epoch of the leader that appended it; -1 when that is not known.</summary>
    public int LeaderEpoch { get; init; }

    /// <summary>Who read it; null for a record that the program made.</summary>
    internal ConsumerOrigin? Origin { get; init; }

    /// <summary>The timestamp.</summary>
    public DateTimeOffset Timestamp => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);

    /// <summary>
    /// Says that the application begins to work on this record, so that tracing and <c>messaging.process.duration</c> show how long it does; only the
    /// application knows. Null, and free, while nobody listens to <see cref="ClientDiagnostics.Name"/>.
    /// <code>
    /// using var processing = record.StartProcessing();
    /// </code>
    /// </summary>
    public RecordProcessing? StartProcessing() =>
        RecordProcessing.IsWatched ? RecordProcessing.Start(Partition, Offset, MessagingTags.KeyOf(Key), Value is null, Headers, Origin) : null;
}
