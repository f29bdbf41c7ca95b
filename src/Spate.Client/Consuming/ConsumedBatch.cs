using Spate.Client.Telemetry;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>
/// Records of one partition that were written together. They outlive the enumeration, but for keys and values read as <c>ReadOnlyMemory&lt;byte&gt;</c>, which are lent; where both are, so
/// is the list.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
/// <param name="Partition">Their partition.</param>
/// <param name="Records">The records, at least one, in the order of their offsets.</param>
public readonly record struct ConsumedBatch<TKey, TValue>(TopicPartition Partition, RecordList<TKey, TValue> Records)
{
    /// <summary>Says that the application begins to work on these records together; see <see cref="ConsumerRecord{TKey, TValue}.StartProcessing"/>.</summary>
    public RecordProcessing? StartProcessing() =>
        RecordProcessing.IsWatched ? RecordProcessing.StartBatch(Partition, Records.Count, Records.Select(static record => record.Headers), Records[0].Origin) : null;
}
