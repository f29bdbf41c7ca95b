using System.Globalization;
using System.Text;
using Spate.Protocol;

namespace Spate.Storage.Checkpoints;

/// <summary>A line of an <see cref="OffsetCheckpoint"/>: <c>topic partition offset</c>.</summary>
internal readonly record struct PartitionOffset(TopicPartition Partition, long Offset) : ICheckpointLine<PartitionOffset>
{
    public static bool TryParse(ReadOnlySpan<char> line, out PartitionOffset entry)
    {
        entry = default;
        Span<Range> fields = stackalloc Range[4];
        if (line.Split(fields, ' ') != 3
            || line[fields[0]].IsEmpty
            || !int.TryParse(line[fields[1]], NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !long.TryParse(line[fields[2]], NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
        {
            return false;
        }

        entry = new PartitionOffset(new TopicPartition(line[fields[0]].ToString(), partition), offset);
        return true;
    }

    public void Append(StringBuilder text) =>
        text.Append(Partition.Topic).Append(' ').Append(Partition.Partition).Append(' ').Append(Offset);
}
