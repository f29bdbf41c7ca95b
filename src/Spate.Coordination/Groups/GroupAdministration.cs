using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups;

/// <summary>What operators ask of groups: ListGroups (versions 0 to 5), DescribeGroups (0 to 6), DeleteGroups (0 to 2).</summary>
internal sealed class GroupAdministration(GroupShard shard, ClassicRebalance rebalance)
{
    /// <summary>From this version on a group that is not there, or is of another kind, is an error (KIP-1043); before, it is described as dead.</summary>
    private const short UnknownGroupVersion = 6;

    /// <summary>The groups in any of the states and of any of the types that the request names; naming none means all.</summary>
    public IReadOnlyList<ListGroupsResponse.ListedGroup> List(ListGroupsRequest request)
    {
        return
        [
            .. shard.Groups
                .Where(group => Passes(request.TypesFilter, group.Type) && Passes(request.StatesFilter, group.State))
                .Select(group => new ListGroupsResponse.ListedGroup
                {
                    GroupId = group.Id,
                    ProtocolType = group.ProtocolType,
                    GroupState = group.State,
                    GroupType = group.Type,
                }),
        ];
    }

    public DescribeGroupsResponse.DescribedGroup Describe(string groupId, GroupClient client)
    {
        var found = shard.Find(groupId);
        if (found is null or { IsClassic: false })
        {
            var message = found is null ? $"Group {groupId} not found." : $"Group {groupId} is not a classic group.";
            return client.ApiVersion >= UnknownGroupVersion
                ? GroupReplies.Undescribed(groupId, ErrorCode.GroupIdNotFound, message)
                : GroupReplies.Undescribed(groupId, ErrorCode.None, null);
        }

        var group = found.Classic;
        var isStable = group.State == ClassicGroupState.Stable;
        var response = new DescribeGroupsResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.State.ToString(),
            ProtocolType = group.ProtocolType ?? "",
            ProtocolData = isStable ? group.Protocol ?? "" : "",
        };
        foreach (var member in group.Members)
        {
            // Between generations what a member read and was assigned is of no generation, so it is not told.
            response.Members.Add(new DescribeGroupsResponse.DescribedGroupMember
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                MemberMetadata = isStable ? member.MetadataFor(group.Protocol) : default,
                MemberAssignment = isStable ? member.Assignment : default,
            });
        }

        return response;
    }

    /// <summary>Removes a group without members, with all that it has committed.</summary>
    public CommandOutcome Delete(string groupId, Reply<ErrorCode> reply)
    {
        var group = shard.Find(groupId);
        var error = group is null ? ErrorCode.GroupIdNotFound
            : group.HasMembers ? ErrorCode.NonEmptyGroup
            : ErrorCode.None;
        if (error != ErrorCode.None || group is null)
        {
            reply.Complete(error);
            return CommandOutcome.Done;
        }

        var records = new List<CoordinatorRecord>();
        foreach (var (topic, partitions) in group.Offsets.Topics)
        {
            records.AddRange(partitions.Keys.Select(partition => GroupRecords.OffsetTombstone(groupId, topic, partition)));
        }

        // What a transaction would commit goes too, or its end would bring the group back.
        records.AddRange(group.Pending.Partitions.Where(pending => group.Offsets.Find(pending.Topic, pending.Partition) is null)
            .Select(pending => GroupRecords.OffsetTombstone(groupId, pending.Topic, pending.Partition)));
        if (group.Assigned is { } assigned)
        {
            assigned.AddTombstones(records);
        }
        else if (group.Classic.Logged is not null)
        {
            records.Add(GroupRecords.GroupTombstone(groupId));
        }

        return CommandOutcome.Append(records, () =>
        {
            foreach (var memberId in group.Classic.Pending.ToList())
            {
                rebalance.RemovePending(group.Classic, memberId);
            }

            shard.DropIfGone(groupId);
            group.Classic.MoveTo(ClassicGroupState.Dead);
            reply.Complete(ErrorCode.None);
        });
    }

    private static bool Passes(List<string> filter, string value) =>
        filter.Count == 0 || filter.Contains(value, StringComparer.OrdinalIgnoreCase);
}
