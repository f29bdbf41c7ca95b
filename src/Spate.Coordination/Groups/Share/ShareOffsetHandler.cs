using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// AlterShareGroupOffsets and DeleteShareGroupOffsets, version 0 each: where an empty share group begins to read anew. Answered when the keeper of delivery state has
/// answered for each partition.
/// </summary>
internal sealed class ShareOffsetHandler(GroupShard shard, ShareStateWork work, ITopicCatalog catalog)
{
    private const string UnknownTopic = "This server does not host this topic-partition.";

    /// <summary>The partitions begin at the offsets that are named, under a new epoch: what was delivered before does not count, and leaders who do not know of it yet are fenced.</summary>
    public CommandOutcome Alter(AlterShareGroupOffsetsRequest request, Reply<AlterShareGroupOffsetsResponse> reply)
    {
        if (FindEmpty(request.GroupId, out var refusal) is not { } group)
        {
            reply.Complete(new AlterShareGroupOffsetsResponse { ErrorCode = refusal!.Error, ErrorMessage = refusal.Message });
            return CommandOutcome.Done;
        }

        var topics = catalog.Current;
        var starts = new Dictionary<(Uuid Topic, int Partition), long>();
        var response = new AlterShareGroupOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var known = topics.Find(topic.TopicName);
            var answer = new AlterShareGroupOffsetsResponse.TopicResult { TopicName = topic.TopicName, TopicId = known?.Id ?? Uuid.Zero };
            foreach (var one in topic.Partitions)
            {
                var fault = Check(group, known, one.PartitionIndex);
                answer.Partitions.Add(new AlterShareGroupOffsetsResponse.PartitionResult { PartitionIndex = one.PartitionIndex, ErrorCode = fault.Error, ErrorMessage = fault.Message });
                if (fault.Error == ErrorCode.None)
                {
                    starts[(known!.Id, one.PartitionIndex)] = one.StartOffset;
                }
            }

            response.Responses.Add(answer);
        }

        var partitions = PartitionSet.Of(starts.Keys.GroupBy(key => key.Topic, (topic, keys) => (topic, keys.Select(key => key.Partition))));
        if (partitions.IsEmpty)
        {
            reply.Complete(response);
            return CommandOutcome.Done;
        }

        var epoch = group.Epoch + 1;
        CoordinatorRecord[] records =
        [
            ShareGroupRecords.Group(group.Id, epoch, group.MetadataHash),
            ShareGroupRecords.Ledger(group.Id, group.Ledger.Begin(partitions, topics)),
        ];
        return CommandOutcome.Append(records, () => work.Add(ShareStateJob.Initialize(
            group.Id, partitions, epoch, (topic, partition) => starts[(topic, partition)], outcome => work.Initialized(group.Id, outcome, () => reply.Complete(Told(response, outcome))))));
    }

    /// <summary>The group forgets what it knows of topics: it will begin to read them as if for the first time.</summary>
    public CommandOutcome Delete(DeleteShareGroupOffsetsRequest request, Reply<DeleteShareGroupOffsetsResponse> reply)
    {
        if (FindEmpty(request.GroupId, out var refusal) is not { } group)
        {
            reply.Complete(new DeleteShareGroupOffsetsResponse { ErrorCode = refusal!.Error, ErrorMessage = refusal.Message });
            return CommandOutcome.Done;
        }

        var response = new DeleteShareGroupOffsetsResponse();
        foreach (var topic in request.Topics)
        {
            var known = catalog.Current.Find(topic.TopicName);
            var message = known is null ? UnknownTopic : group.Ledger.Names.ContainsKey(known.Id) ? null : "There is no offset information to delete.";
            response.Responses.Add(new DeleteShareGroupOffsetsResponse.TopicResult
            {
                TopicName = topic.TopicName,
                TopicId = known?.Id ?? Uuid.Zero,
                ErrorCode = message is null ? ErrorCode.None : ErrorCode.UnknownTopicOrPartition,
                ErrorMessage = message,
            });
        }

        var doomed = response.Responses.Where(topic => topic.ErrorCode == ErrorCode.None).Select(topic => topic.TopicId).ToHashSet();
        if (doomed.Count == 0)
        {
            reply.Complete(response);
            return CommandOutcome.Done;
        }

        return work.Delete(group, doomed, outcome => work.Deleted(group.Id, doomed, outcome, () =>
        {
            foreach (var topic in response.Responses.Where(topic => topic.ErrorCode == ErrorCode.None))
            {
                topic.ErrorCode = outcome.ErrorOf(topic.TopicId);
            }

            reply.Complete(response);
        }));
    }

    /// <summary>The partitions that DescribeShareGroupOffsets is about when it names none: all whose state is there; null, with the reason, when there is no such group.</summary>
    public PartitionSet? Known(string groupId, out Refusal? refusal)
    {
        refusal = groupId.Length == 0 ? NoName : shard.Find(groupId)?.Share is null ? ShareHeartbeatReplies.NoSuchGroup(shard, groupId) : null;
        return refusal is null ? shard.Find(groupId)!.Share!.Ledger.Initialized : null;
    }

    private static Refusal NoName => new(ErrorCode.InvalidGroupId, "The group id is empty.");

    private static AlterShareGroupOffsetsResponse Told(AlterShareGroupOffsetsResponse response, ShareStateOutcome outcome)
    {
        foreach (var topic in response.Responses)
        {
            foreach (var one in topic.Partitions.Where(one => one.ErrorCode == ErrorCode.None))
            {
                one.ErrorCode = outcome.ErrorOf(topic.TopicId, one.PartitionIndex);
            }
        }

        return response;
    }

    private static (ErrorCode Error, string? Message) Check(ShareGroup group, TopicDescription? topic, int partition) =>
        topic is null || partition < 0 || partition >= topic.PartitionCount ? (ErrorCode.UnknownTopicOrPartition, UnknownTopic)
        : group.Ledger.Deleting.Contains(topic.Id) ? (ErrorCode.CoordinatorNotAvailable, "What the group knew of the topic is still being deleted; try again.")
        : (ErrorCode.None, null);

    private ShareGroup? FindEmpty(string groupId, out Refusal? refusal)
    {
        var group = shard.Find(groupId)?.Share;
        refusal = groupId.Length == 0 ? NoName
            : group is null ? ShareHeartbeatReplies.NoSuchGroup(shard, groupId)
            : group.HasMembers ? new Refusal(ErrorCode.NonEmptyGroup, "The group is not empty.")
            : null;
        return refusal is null ? group : null;
    }
}
