using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Positions;

/// <summary>Finds the offsets that positions stand for.</summary>
internal static class PositionLookup
{
    /// <summary>Where the logs of partitions begin and end.</summary>
    /// <exception cref="Spate.Client.KafkaException">One of them could not be asked about.</exception>
    public static async Task<IReadOnlyDictionary<TopicPartition, LogBounds>> BoundsAsync(
        Admin admin, IReadOnlyCollection<TopicPartition> partitions, IsolationLevel isolation, CancellationToken cancellation)
    {
        var starts = ListAsync(admin, partitions, OffsetSpec.Earliest, IsolationLevel.ReadUncommitted, cancellation);
        var ends = await ListAsync(admin, partitions, OffsetSpec.Latest, isolation, cancellation);
        var begins = await starts;
        return partitions.ToDictionary(static partition => partition, partition => new LogBounds(begins[partition].Offset ?? 0, ends[partition].Offset ?? 0));
    }

    /// <summary>The offset of a position in each partition, within the bounds of its log.</summary>
    /// <exception cref="Spate.Client.KafkaException">One of them could not be asked about.</exception>
    public static async Task<IReadOnlyDictionary<TopicPartition, long>> FindAsync(
        Admin admin, Position position, IReadOnlyDictionary<TopicPartition, LogBounds> bounds, CancellationToken cancellation)
    {
        var byTime = position.Kind == PositionKind.Time
            ? await ListAsync(admin, [.. bounds.Keys], OffsetSpec.At(position.Time), IsolationLevel.ReadUncommitted, cancellation)
            : null;
        return bounds.ToDictionary(static pair => pair.Key, pair => Math.Clamp(
            position.Kind switch
            {
                PositionKind.Beginning => pair.Value.Start,
                PositionKind.End => pair.Value.End,
                PositionKind.BeforeEnd => pair.Value.End - position.Offset,
                PositionKind.Time => byTime![pair.Key].Offset ?? pair.Value.End,
                _ => position.Offset,
            },
            pair.Value.Start,
            Math.Max(pair.Value.Start, pair.Value.End)));
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, ListedOffset>> ListAsync(
        Admin admin, IReadOnlyCollection<TopicPartition> partitions, OffsetSpec spec, IsolationLevel isolation, CancellationToken cancellation)
    {
        var listed = await admin.Partitions.ListOffsetsAsync(partitions.ToDictionary(static partition => partition, _ => spec), isolation, cancellation);
        listed.ThrowIfAnyFailed();
        return listed.ToDictionary(static pair => pair.Key, static pair => pair.Value.Value);
    }
}
