using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>Who asks: whether there is such a group and such a member, and whether it is who it says.</summary>
internal sealed class StreamsMembership(GroupShard shard)
{
    public static Refusal NoSuchGroup(GroupShard shard, string groupId) => new(
        ErrorCode.GroupIdNotFound, shard.Find(groupId) is null ? $"Streams group {groupId} not found." : $"Group {groupId} is not a streams group.");

    public static Refusal NoSuchMember(string memberId, string groupId) =>
        new(ErrorCode.UnknownMemberId, $"Member {memberId} is not a member of group {groupId}.");

    /// <summary>The group; one that is not there yet, and is in no list, for who joins first; null with the reason why not.</summary>
    /// <param name="request">Who asks.</param>
    /// <param name="records">Where it is written that an empty classic group makes way.</param>
    /// <param name="refusal">Why not.</param>
    public StreamsGroup? FindGroup(StreamsGroupHeartbeatRequest request, List<CoordinatorRecord> records, out Refusal? refusal)
    {
        refusal = null;
        var found = shard.Find(request.GroupId);
        if (found?.Streams is { } group)
        {
            return group;
        }

        if (request.MemberEpoch != MemberEpochs.Joining || found is { Assigned: not null } or { Classic.State: not ClassicGroupState.Empty })
        {
            refusal = NoSuchGroup(shard, request.GroupId);
            return null;
        }

        if (found is { Classic.Logged: not null })
        {
            records.Add(GroupRecords.GroupTombstone(request.GroupId));
        }

        return new StreamsGroup(request.GroupId, new GroupCounts());
    }

    /// <summary>The member before the request, or why the request cannot be from it.</summary>
    public static StreamsMember? FindMember(StreamsGroup group, StreamsGroupHeartbeatRequest request, TaskAssignment? owned, out Refusal? refusal)
    {
        refusal = null;
        if (!group.TryGetMember(request.MemberId, out var member))
        {
            refusal = request.MemberEpoch == MemberEpochs.Joining ? null : NoSuchMember(request.MemberId, group.Id);
            return refusal is null ? new StreamsMember(request.MemberId, StreamsMemberMetadata.None, CurrentTasks.None) : null;
        }

        refusal = CheckEpoch(member, request.MemberEpoch, owned) ?? CheckState(member, owned);
        return refusal is null ? member : null;
    }

    /// <summary>The topology of the group as it will be, or why not. One that is older than the group's changes nothing.</summary>
    public static StreamsTopology? FindTopology(StreamsGroup group, StreamsGroupHeartbeatRequest request, out Refusal? refusal)
    {
        refusal = null;
        if (request.Topology is null)
        {
            refusal = group.Topology is null ? new Refusal(ErrorCode.FencedMemberEpoch, "The topology of the group is not known. The member must abandon all its tasks and rejoin.") : null;
            return group.Topology;
        }

        var said = StreamsTopology.Of(request.Topology);
        if (group.Topology is not { } known || (!group.HasMembers && said.Epoch >= known.Epoch))
        {
            return said;
        }

        refusal = said.Epoch >= known.Epoch && !said.Equals(known) ? new Refusal(ErrorCode.InvalidRequest, "Topology updates are not supported yet.") : null;
        return known;
    }

    /// <summary>Whether a member names tasks that there can be, when it is known which there can be.</summary>
    public static Refusal? CheckTasks(TopologyPlan plan, TaskAssignment? owned)
    {
        if (!plan.IsReady || owned is null)
        {
            return null;
        }

        foreach (var (subtopology, partitions) in owned.Active.ToPairs().Concat(owned.Standby.ToPairs()).Concat(owned.Warmup.ToPairs()))
        {
            if (plan.Subtopologies.FirstOrDefault(each => each.Subtopology.Id == subtopology) is not { } known)
            {
                return NoSuchSubtopology(subtopology);
            }

            foreach (var partition in partitions.Where(partition => partition < 0 || partition >= known.Tasks))
            {
                return NoSuchTask(subtopology, partition, known.Tasks);
            }
        }

        return null;
    }

    /// <summary>The same of the tasks that a member tells offsets of.</summary>
    public static Refusal? CheckOffsets(TopologyPlan plan, StreamsGroupHeartbeatRequest request)
    {
        if (!plan.IsReady)
        {
            return null;
        }

        var tasks = plan.Subtopologies.ToDictionary(each => each.Subtopology.Id, each => each.Tasks, StringComparer.Ordinal);
        return (request.TaskOffsets ?? []).Concat(request.TaskEndOffsets ?? []).Select(told => Check(told.SubtopologyId, told.Partition)).FirstOrDefault(refusal => refusal is not null);

        Refusal? Check(string subtopology, int partition) =>
            !tasks.TryGetValue(subtopology, out var count) ? NoSuchSubtopology(subtopology)
            : partition < 0 || partition >= count ? NoSuchTask(subtopology, partition, count)
            : null;
    }

    private static Refusal NoSuchSubtopology(string subtopology) => new(ErrorCode.InvalidRequest, $"Subtopology {subtopology} does not exist in the topology.");

    private static Refusal NoSuchTask(string subtopology, int partition, int count) => new(
        ErrorCode.InvalidRequest, $"Task {partition} for subtopology {subtopology} is invalid. Number of tasks for this subtopology: {count}");

    /// <summary>
    /// Whether a member is in the epoch that it says. Behind by one it may be when the answer that told it of its present one got lost:
    /// it then has nothing that it is not to have.
    /// </summary>
    private static Refusal? CheckEpoch(StreamsMember member, int epoch, TaskAssignment? owned)
    {
        var known = member.Current.Epoch;
        var isCurrent = epoch == MemberEpochs.Joining
            || epoch == known
            || (epoch < known && epoch == member.Current.PreviousEpoch && owned is not null && member.Current.Assigned.Contains(owned));
        return isCurrent ? null : new Refusal(
            ErrorCode.FencedMemberEpoch,
            $"The streams group member has a {(epoch > known ? "greater" : "smaller")} member epoch ({epoch}) than the one known by the group coordinator ({known}). The member must abandon all its tasks and rejoin.");
    }

    /// <summary>What a newer broker has put a member into is only left by giving everything up.</summary>
    private static Refusal? CheckState(StreamsMember member, TaskAssignment? owned) =>
        member.Current.State == MemberState.Unknown && owned is not { IsEmpty: true }
            ? new Refusal(ErrorCode.FencedMemberEpoch, "The streams group member is in a unknown state. The member must abandon all its tasks and rejoin.")
            : null;
}
