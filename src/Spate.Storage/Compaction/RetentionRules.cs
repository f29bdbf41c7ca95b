using Spate.Protocol.Records;
using Spate.Storage.Producers;

namespace Spate.Storage.Compaction;

/// <summary>What one cleaning keeps: Kafka's rules for records, tombstones, markers and the last batch of each producer. Does not change.</summary>
internal sealed class RetentionRules
{
    private readonly OffsetMap _map;
    private readonly long _mapEnd;
    private readonly long _now;
    private readonly long _newDeleteHorizon;
    private readonly Dictionary<long, ProducerSnapshotEntry> _producers;

    /// <param name="map">The last offset of each key.</param>
    /// <param name="mapEnd">The offset up to which the map knows the keys; nothing at or behind it is judged by its key.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="deleteRetentionMs"><c>delete.retention.ms</c>.</param>
    /// <param name="producers">What the log knows of its producers.</param>
    public RetentionRules(OffsetMap map, long mapEnd, long now, long deleteRetentionMs, IReadOnlyList<ProducerSnapshotEntry> producers)
    {
        _map = map;
        _mapEnd = mapEnd;
        _now = now;
        _newDeleteHorizon = deleteRetentionMs > long.MaxValue - now ? long.MaxValue : now + deleteRetentionMs;
        _producers = producers.ToDictionary(static producer => producer.ProducerId);
    }

    /// <summary>Whether a batch lies behind all keys that the map knows.</summary>
    public bool IsBeyondMap(long baseOffset) => baseOffset >= _mapEnd;

    /// <summary>The delete horizon (KIP-534) of a batch in which something waits to be dropped: its own, or that of one that has none.</summary>
    public long HorizonOf(in RecordBatchHeader header) => header.DeleteHorizon ?? _newDeleteHorizon;

    /// <summary>Whether the delete horizon of a batch has come; false when it has none.</summary>
    public bool IsPastHorizon(long? horizon) => horizon is { } time && time <= _now;

    /// <summary>Whether a record stays.</summary>
    /// <param name="key">Its key; without one it has no place in a compacted log.</param>
    /// <param name="hasValue">False for a tombstone.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="isPastHorizon">Whether tombstones of its batch go.</param>
    public bool Keeps(NullableBytes key, bool hasValue, long offset, bool isPastHorizon) =>
        offset >= _mapEnd || (!key.IsNull && (hasValue || !isPastHorizon) && offset >= _map.OffsetOf(key.Span));

    /// <summary>
    /// Whether a batch is what an active producer's state is found from again: the one with its last sequence, or, when no batch of its epoch is
    /// there, the marker with that epoch, by which older instances are fenced.
    /// </summary>
    public bool IsLastOfProducer(in RecordBatchHeader header)
    {
        if (!header.HasProducerId || !_producers.TryGetValue(header.ProducerId, out var producer))
        {
            return false;
        }

        return producer.LastOffset >= 0
            ? header.LastOffset == producer.LastOffset && !header.IsControl
            : header.IsControl && header.ProducerEpoch == producer.Epoch;
    }
}
