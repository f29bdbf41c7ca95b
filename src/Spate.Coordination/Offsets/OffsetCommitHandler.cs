using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>
/// OffsetCommit, versions 0 to 10. A member commits for its generation or, in a group whose work the broker assigns, its
/// epoch; a client that is no member of any group (versions 0 always, others with generation -1 and no member id) commits while the group has no members. Version 1 carries the time of the commit, 2 to 4 a retention
/// time, from 6 on a leader epoch, from 7 on the static instance, 10 names topics by id, which the caller resolves: Name is looked at here,
/// TopicId only handed back.
/// </summary>
internal sealed class OffsetCommitHandler(GroupShard shard, ClassicRebalance rebalance, IShardContext context, GroupCoordinatorOptions options)
{
    /// <summary>From this version on a group that is not there has an error of its own (KIP-848).</summary>
    private const short UnknownGroupVersion = 9;

    public CommandOutcome Handle(OffsetCommitRequest request, GroupClient client, Reply<OffsetCommitResponse> reply)
    {
        var found = shard.Find(request.GroupId);
        var group = found?.Classic;
        var error = found?.Assigned is { } assigned ? OffsetFencing.CheckCommit(assigned, request.MemberId, request.GenerationIdOrMemberEpoch, client.ApiVersion)
            : group is null ? CheckUnknown(request, client)
            : Check(group, request);
        if (error != ErrorCode.None)
        {
            reply.Refuse(error);
            return CommandOutcome.Done;
        }

        if (group is not null && group.TryGetMember(request.MemberId, out var member))
        {
            rebalance.ProlongSession(group, member);
        }

        var records = new List<CoordinatorRecord>();
        var response = OffsetCommitReplies.Answer(request, (topic, partition) => Decide(request, topic, partition, records));
        return CommandOutcome.Append(records, () =>
        {
            shard.Figures.Committed(records.Count);
            reply.Complete(response);
        });
    }

    private static ErrorCode CheckUnknown(OffsetCommitRequest request, GroupClient client) =>
        request.GenerationIdOrMemberEpoch < 0 ? ErrorCode.None
        : client.ApiVersion >= UnknownGroupVersion ? ErrorCode.GroupIdNotFound
        : ErrorCode.IllegalGeneration;

    private static ErrorCode Check(ClassicGroup group, OffsetCommitRequest request)
    {
        if (request.GenerationIdOrMemberEpoch < 0 && group.State == ClassicGroupState.Empty)
        {
            return ErrorCode.None;
        }

        var error = group.Identify(request.MemberId, request.GroupInstanceId);
        return error != ErrorCode.None ? error
            : group.State == ClassicGroupState.CompletingRebalance && request.GenerationIdOrMemberEpoch == group.Generation ? ErrorCode.RebalanceInProgress
            : group.CheckGeneration(request.MemberId, request.GenerationIdOrMemberEpoch);
    }

    private ErrorCode Decide(
        OffsetCommitRequest request,
        OffsetCommitRequest.OffsetCommitRequestTopic topic,
        OffsetCommitRequest.OffsetCommitRequestPartition partition,
        List<CoordinatorRecord> records)
    {
        var metadata = partition.CommittedMetadata ?? "";
        if (metadata.Length > options.OffsetMetadataMaxLength)
        {
            return ErrorCode.OffsetMetadataTooLarge;
        }

        var nowMs = context.UtcNowMs;
        var offset = new CommittedOffset(
            partition.CommittedOffset,
            partition.CommittedLeaderEpoch,
            metadata,
            partition.CommitTimestamp < 0 ? nowMs : partition.CommitTimestamp,
            request.RetentionTimeMs < 0 ? -1 : Later(nowMs, request.RetentionTimeMs));
        records.Add(GroupRecords.Offset(request.GroupId, topic.Name, partition.PartitionIndex, offset));
        return ErrorCode.None;
    }

    private static long Later(long nowMs, long delayMs) => delayMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + delayMs;
}
