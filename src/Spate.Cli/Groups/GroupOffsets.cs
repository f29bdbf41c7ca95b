using Spate.Cli.Running;
using Spate.Client.Administration;
using Spate.Protocol;

namespace Spate.Cli.Groups;

/// <summary>Where groups are in partitions, whatever their kind: share groups keep it in another place than all others, and under another name.</summary>
internal static class GroupOffsets
{
    /// <summary>What a group has committed, or of a share group the first offset that it is not done with, with what it says is left. Partitions that it has nothing of are not among them.</summary>
    /// <exception cref="Spate.Client.KafkaException">The coordinator could not be asked.</exception>
    public static async Task<Dictionary<TopicPartition, (long Offset, long? Lag)>> ReadAsync(ClusterCall call, string group, GroupType type)
    {
        var groups = call.Client.Admin.Groups;
        if (type == GroupType.Share)
        {
            return (await groups.ListShareOffsetsAsync([group], cancellationToken: call.Cancellation))[group].Value
                .Where(static pair => pair.Value is { IsSuccess: true, Value: not null })
                .ToDictionary(static pair => pair.Key, static pair => (pair.Value.Value!.StartOffset, pair.Value.Value.Lag));
        }

        return (await groups.ListOffsetsAsync([group], cancellationToken: call.Cancellation))[group].Value
            .Where(static pair => pair.Value is { IsSuccess: true, Value: not null })
            .ToDictionary(static pair => pair.Key, static pair => (pair.Value.Value!.Offset, (long?)null));
    }

    /// <summary>Moves a group without members.</summary>
    /// <exception cref="Spate.Client.KafkaException">It could not be moved in one of the partitions.</exception>
    public static async Task WriteAsync(ClusterCall call, string group, GroupType type, IReadOnlyDictionary<TopicPartition, long> targets)
    {
        var groups = call.Client.Admin.Groups;
        var results = type == GroupType.Share
            ? await groups.AlterShareOffsetsAsync(group, targets, call.Cancellation)
            : await groups.AlterOffsetsAsync(group, targets.ToDictionary(static pair => pair.Key, static pair => new GroupOffset(pair.Value)), call.Cancellation);
        results.ThrowIfAnyFailed();
    }
}
