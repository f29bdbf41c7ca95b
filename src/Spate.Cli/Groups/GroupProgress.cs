using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Groups;

/// <summary>How far a group has read each partition, and how much is left.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">What the group has committed, or of a share group the first offset that it is not done with; null when nothing.</param>
/// <param name="End">Behind the last record; null when it cannot be told, such as of a topic that is gone.</param>
/// <param name="Left">What the coordinator of a share group says is left: records behind <paramref name="Offset"/> may be done with; null when it says nothing.</param>
internal readonly record struct GroupProgress(TopicPartition Partition, long? Offset, long? End, long? Left)
{
    /// <summary>Records that are left; null when that cannot be told.</summary>
    public long? Lag => Left ?? (Offset is { } offset && End is { } end ? Math.Max(0, end - offset) : null);

    /// <summary>That of every partition that the group has an offset of, or that a member has.</summary>
    public static async Task<IReadOnlyList<GroupProgress>> OfAsync(ClusterCall call, GroupDescription group)
    {
        var offsets = await GroupOffsets.ReadAsync(call, group.GroupId, group.Type);
        var partitions = offsets.Keys.Union(group.Members.SelectMany(static member => member.Assignment)).ToList();
        var ends = partitions.Count == 0
            ? new Dictionary<TopicPartition, AdminResult<ListedOffset>>()
            : await call.Client.Admin.Partitions.ListOffsetsAsync(partitions.ToDictionary(static partition => partition, static _ => OffsetSpec.Latest), IsolationLevel.ReadUncommitted, call.Cancellation);

        // A task of a streams application is of all topics that it reads, and one of them may have fewer partitions than there are tasks.
        return
        [
            .. partitions.Where(partition => offsets.ContainsKey(partition) || group.Type != GroupType.Streams || ends[partition].IsSuccess)
                .OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition)
                .Select(partition => Of(partition, offsets.TryGetValue(partition, out var found) ? found : null, ends[partition])),
        ];
    }

    private static GroupProgress Of(TopicPartition partition, (long Offset, long? Lag)? found, AdminResult<ListedOffset> end) =>
        new(partition, found?.Offset, end.IsSuccess ? end.Value.Offset : null, found?.Lag);
}
