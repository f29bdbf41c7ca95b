using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>
/// TxnOffsetCommit, versions 0 to 5: offsets that a producer commits together with its records (KIP-98). Members are named from version 3 on
/// (KIP-447); one that has been replaced in its group is fenced here. Whoever names none is only held to its transaction.
/// </summary>
internal sealed class TxnOffsetCommitHandler(GroupShard shard, ClassicRebalance rebalance, IShardContext context, GroupCoordinatorOptions options)
{
    public CommandOutcome Handle(TxnOffsetCommitRequest request, long? guard, Reply<TxnOffsetCommitResponse> reply)
    {
        var found = shard.Find(request.GroupId);
        var group = found is { IsClassic: true } ? found.Classic : null;
        var error = request.GroupId.Length == 0 ? ErrorCode.InvalidGroupId
            : found?.Assigned is { } assigned ? Check(assigned, request)
            : group is null ? request.GenerationId < 0 ? ErrorCode.None : ErrorCode.IllegalGeneration
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

        var nowMs = context.UtcNowMs;
        var records = new List<CoordinatorRecord>();
        var response = TxnOffsetCommitReplies.Answer(request, (topic, partition) =>
        {
            var metadata = partition.CommittedMetadata ?? "";
            if (metadata.Length > options.OffsetMetadataMaxLength)
            {
                return ErrorCode.OffsetMetadataTooLarge;
            }

            var offset = new CommittedOffset(partition.CommittedOffset, partition.CommittedLeaderEpoch, metadata, nowMs);
            records.Add(GroupRecords.Offset(request.GroupId, topic.Name, partition.PartitionIndex, offset));
            return ErrorCode.None;
        });
        return CommandOutcome.Append(records, new ProducerStamp(request.ProducerId, request.ProducerEpoch, guard), () => reply.Complete(response));
    }

    private static bool NamesNobody(TxnOffsetCommitRequest request) => request.GenerationId < 0 && request.MemberId.Length == 0 && request.GroupInstanceId is null;

    /// <summary>This request has no word for a member epoch that has passed, so that it is a generation that has.</summary>
    private static ErrorCode Check(IAssignedGroup group, TxnOffsetCommitRequest request)
    {
        if (NamesNobody(request) && group.KeepsOffsets)
        {
            return ErrorCode.None;
        }

        var error = OffsetFencing.CheckCommit(group, request.MemberId, request.GenerationId, OffsetFencing.MemberEpochVersion);
        return error == ErrorCode.StaleMemberEpoch ? ErrorCode.IllegalGeneration : error;
    }

    /// <summary>A round that is under way does not matter: the offsets are part of what was done before it.</summary>
    private static ErrorCode Check(ClassicGroup group, TxnOffsetCommitRequest request)
    {
        if (NamesNobody(request) || (request.GenerationId < 0 && group.State == ClassicGroupState.Empty))
        {
            return ErrorCode.None;
        }

        var error = group.Identify(request.MemberId, request.GroupInstanceId);
        return error != ErrorCode.None ? error : group.CheckGeneration(request.MemberId, request.GenerationId);
    }
}
