using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Share;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Messages;

namespace Spate.Coordination;

/// <summary>
/// What is asked of share groups alone (KIP-932), which live among the groups of a <see cref="GroupCoordinator"/>. Requests and responses are the protocol's own; every
/// failure is an error code in the response. Safe for use by several threads at once.
/// </summary>
public sealed class ShareGroups
{
    private readonly GroupCoordinator _groups;
    private readonly ShareStateCallers _callers;
    private readonly ShareOffsetDescription _offsets;

    internal ShareGroups(GroupCoordinator groups, ShareStateCallers callers, ITopicCatalog catalog, IPartitionEnds? ends)
    {
        _groups = groups;
        _callers = callers;
        _offsets = new ShareOffsetDescription(groups, catalog, callers.States, ends);
    }

    /// <summary>ShareGroupHeartbeat, versions 0 and 1.</summary>
    public ValueTask<ShareGroupHeartbeatResponse> HeartbeatAsync(ShareGroupHeartbeatRequest request, GroupClient client) =>
        _groups.Shard(request.GroupId).SubmitAsync<ShareGroupHeartbeatResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Share.Heartbeats.Handle(request, client, reply),
            error => ShareHeartbeatReplies.Refused(GroupReplies.OfLog(error)));

    /// <summary>ShareGroupDescribe, versions 0 and 1. Authorized operations are the caller's to fill in.</summary>
    public async ValueTask<ShareGroupDescribeResponse> DescribeAsync(ShareGroupDescribeRequest request)
    {
        var response = new ShareGroupDescribeResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.GroupIds, groupId => _groups.ReadAsync(
            groupId,
            shard => shard.Share.Description.Describe(groupId),
            error => ShareGroupDescription.Undescribed(groupId, error, null))));
        return response;
    }

    /// <summary>DescribeShareGroupOffsets, versions 0 and 1: from where share groups read on, and how far behind they are.</summary>
    public async ValueTask<DescribeShareGroupOffsetsResponse> DescribeOffsetsAsync(DescribeShareGroupOffsetsRequest request)
    {
        var response = new DescribeShareGroupOffsetsResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.Groups, _offsets.DescribeAsync));
        return response;
    }

    /// <summary>AlterShareGroupOffsets, version 0: an empty share group is made to begin elsewhere.</summary>
    public ValueTask<AlterShareGroupOffsetsResponse> AlterOffsetsAsync(AlterShareGroupOffsetsRequest request) =>
        _groups.Shard(request.GroupId).SubmitAsync<AlterShareGroupOffsetsResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Share.Offsets.Alter(request, reply),
            error => new AlterShareGroupOffsetsResponse { ErrorCode = GroupReplies.OfLog(error) });

    /// <summary>DeleteShareGroupOffsets, version 0: an empty share group forgets where it was in topics.</summary>
    public ValueTask<DeleteShareGroupOffsetsResponse> DeleteOffsetsAsync(DeleteShareGroupOffsetsRequest request) =>
        _groups.Shard(request.GroupId).SubmitAsync<DeleteShareGroupOffsetsResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Share.Offsets.Delete(request, reply),
            error => new DeleteShareGroupOffsetsResponse { ErrorCode = GroupReplies.OfLog(error) });

    /// <summary>
    /// Asks nothing more of the keeper of delivery state; completes when no question is under way. What is left is asked by whoever loads the partitions next.
    /// </summary>
    public Task StopAsync() => _callers.DisposeAsync().AsTask();
}
