using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Groups;

/// <summary>How far a group has read each partition, and how much is left.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">What the group has committed; null when nothing.</param>
/// <param name="End">Behind the last record; null when it cannot be told, such as of a topic that is gone.</param>
internal readonly record struct GroupProgress(TopicPartition Partition, long? Offset, long? End)
{
    /// <summary>Offsets that are left; null when that cannot be told.</summary>
    public long? Lag => Offset is { } offset && End is { } end ? Math.Max(0, end - offset) : null;

    /// <summary>That of every partition that the group has committed something for, or that a member has.</summary>
    public static async Task<IReadOnlyList<GroupProgress>> OfAsync(ClusterCall call, GroupDescription group)
    {
        var listed = await call.Client.Admin.Groups.ListOffsetsAsync([group.GroupId], cancellationToken: call.Cancellation);
        var offsets = listed[group.GroupId].Value.Where(static pair => pair.Value.IsSuccess).ToDictionary(static pair => pair.Key, static pair => pair.Value.Value?.Offset);
        foreach (var partition in group.Members.SelectMany(static member => member.Assignment))
        {
            offsets.TryAdd(partition, null);
        }

        var ends = offsets.Count == 0
            ? new Dictionary<TopicPartition, AdminResult<ListedOffset>>()
            : await call.Client.Admin.Partitions.ListOffsetsAsync(offsets.Keys.ToDictionary(static partition => partition, static _ => OffsetSpec.Latest), IsolationLevel.ReadUncommitted, call.Cancellation);
        return
        [
            .. offsets.OrderBy(static pair => pair.Key.Topic, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Partition)
                .Select(pair => new GroupProgress(pair.Key, pair.Value, ends[pair.Key] is { IsSuccess: true } end ? end.Value.Offset : null)),
        ];
    }
}
