using System.Diagnostics.CodeAnalysis;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// What a member has told of how far it has the state of tasks, in sums of offsets of their changelogs (KIP-1071). Immutable; the same whenever it says the same.
/// </summary>
internal sealed class ToldOffsets : IEquatable<ToldOffsets>
{
    private readonly SortedDictionary<TaskId, long>? _offsets;
    private readonly SortedDictionary<TaskId, long>? _ends;

    private ToldOffsets(SortedDictionary<TaskId, long>? offsets, SortedDictionary<TaskId, long>? ends) => (_offsets, _ends) = (offsets, ends);

    /// <summary>Of a member that has joined without telling anything.</summary>
    public static ToldOffsets Silent { get; } = new(null, null);

    /// <summary>Whether the member tells both how far it is and where the ends are. Only of such a one it can be known when it has caught up.</summary>
    public bool Tells => _offsets is not null && _ends is not null;

    /// <summary>How far the member has the state of each task that it has told of.</summary>
    public IEnumerable<KeyValuePair<TaskId, long>> Offsets => _offsets ?? [];

    /// <summary>Where the changelogs of each task end that it has told of.</summary>
    public IEnumerable<KeyValuePair<TaskId, long>> Ends => _ends ?? [];

    /// <summary>What is known of a member after a heartbeat; null when that is nothing. Lists that are left out say what they said before, unless the member joins.</summary>
    /// <param name="before">What was known before; null for nothing.</param>
    /// <param name="request">The heartbeat.</param>
    public static ToldOffsets? After(ToldOffsets? before, StreamsGroupHeartbeatRequest request)
    {
        var known = request.MemberEpoch == MemberEpochs.Joining ? Silent : before;
        return request is { TaskOffsets: null, TaskEndOffsets: null }
            ? known
            : new ToldOffsets(ByTask(request.TaskOffsets) ?? known?._offsets, ByTask(request.TaskEndOffsets) ?? known?._ends);
    }

    /// <summary>How much of a task's state the member lacks, in records; null when it has not told.</summary>
    public long? LagOf(TaskId task) =>
        _offsets is not null && _ends is not null && _offsets.TryGetValue(task, out var offset) && _ends.TryGetValue(task, out var end) ? end - offset : null;

    public bool Equals([NotNullWhen(true)] ToldOffsets? other) =>
        other is not null && (ReferenceEquals(this, other) || (AreSame(_offsets, other._offsets) && AreSame(_ends, other._ends)));

    public override bool Equals(object? obj) => Equals(obj as ToldOffsets);

    public override int GetHashCode() => HashCode.Combine(_offsets?.Count, _ends?.Count);

    private static bool AreSame(SortedDictionary<TaskId, long>? one, SortedDictionary<TaskId, long>? other) =>
        one is null || other is null ? one == other : one.SequenceEqual(other);

    private static SortedDictionary<TaskId, long>? ByTask(List<StreamsGroupHeartbeatRequest.TaskOffset>? told)
    {
        if (told is null)
        {
            return null;
        }

        var byTask = new SortedDictionary<TaskId, long>(TaskId.Order);
        foreach (var each in told)
        {
            byTask[new TaskId(each.SubtopologyId, each.Partition)] = each.Offset;
        }

        return byTask;
    }
}
