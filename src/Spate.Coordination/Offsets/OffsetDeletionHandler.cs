using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Offsets;

/// <summary>
/// OffsetDelete, version 0: forgets offsets of topics that the group does not read at present (KIP-496). A group with members of another
/// type than consumers does not tell what it reads, and is left alone. Offsets of deleted topics go whatever the group does.
/// </summary>
internal sealed class OffsetDeletionHandler(GroupShard shard)
{
    public CommandOutcome Handle(OffsetDeleteRequest request, Reply<OffsetDeleteResponse> reply)
    {
        var group = shard.Find(request.GroupId);
        var error = Check(request, group);
        if (error != ErrorCode.None || group is null)
        {
            reply.Refuse(error);
            return CommandOutcome.Done;
        }

        var hasMembers = group.HasMembers;
        var subscribed = group.Assigned?.SubscribedTopics() ?? (hasMembers ? group.Classic.SubscribedTopics() : null);
        var records = new List<CoordinatorRecord>();
        var response = new OffsetDeleteResponse();
        foreach (var topic in request.Topics)
        {
            // Consumers whose subscriptions cannot be read may read anything.
            var isRead = hasMembers && (subscribed is null || subscribed.Contains(topic.Name));
            response.Topics.Add(Delete(group, topic, isRead, records));
        }

        return CommandOutcome.Append(records, () =>
        {
            shard.Figures.Deleted(records.Count);
            reply.Complete(response);
        });
    }

    /// <summary>Groups that keep offsets of any of these topics.</summary>
    public IReadOnlyList<string> GroupsWith(IReadOnlyCollection<string> topics) =>
        [.. shard.Groups.Where(group => topics.Any(group.Offsets.Topics.ContainsKey) || group.Pending.Partitions.Any(pending => topics.Contains(pending.Topic))).Select(group => group.Id)];

    /// <summary>Forgets what a group keeps of topics that are no more.</summary>
    public CommandOutcome ForgetTopics(string groupId, IReadOnlyCollection<string> topics, Reply<ErrorCode> reply)
    {
        var records = new List<CoordinatorRecord>();
        if (shard.Find(groupId) is { } group)
        {
            foreach (var topic in topics)
            {
                if (group.Offsets.Topics.TryGetValue(topic, out var partitions))
                {
                    records.AddRange(partitions.Keys.Select(partition => GroupRecords.OffsetTombstone(groupId, topic, partition)));
                }

                records.AddRange(group.Pending.Partitions.Where(pending => pending.Topic == topic && group.Offsets.Find(topic, pending.Partition) is null)
                    .Select(pending => GroupRecords.OffsetTombstone(groupId, topic, pending.Partition)));
            }
        }

        return CommandOutcome.Append(records, () =>
        {
            shard.Figures.Deleted(records.Count);
            reply.Complete(ErrorCode.None);
        });
    }

    private static ErrorCode Check(OffsetDeleteRequest request, Group? group) =>
        request.GroupId.Length == 0 ? ErrorCode.InvalidGroupId
        : group is null ? ErrorCode.GroupIdNotFound
        : group.Classic is { State: not ClassicGroupState.Empty, IsConsumer: false } ? ErrorCode.NonEmptyGroup
        : ErrorCode.None;

    private static OffsetDeleteResponse.OffsetDeleteResponseTopic Delete(
        Group group, OffsetDeleteRequest.OffsetDeleteRequestTopic topic, bool isRead, List<CoordinatorRecord> records)
    {
        var response = new OffsetDeleteResponse.OffsetDeleteResponseTopic { Name = topic.Name };
        foreach (var partition in topic.Partitions)
        {
            if (!isRead && (group.Offsets.Find(topic.Name, partition.PartitionIndex) is not null || group.Pending.Has(topic.Name, partition.PartitionIndex)))
            {
                records.Add(GroupRecords.OffsetTombstone(group.Id, topic.Name, partition.PartitionIndex));
            }

            response.Partitions.Add(new OffsetDeleteResponse.OffsetDeleteResponsePartition
            {
                PartitionIndex = partition.PartitionIndex,
                ErrorCode = isRead ? ErrorCode.GroupSubscribedToTopic : ErrorCode.None,
            });
        }

        return response;
    }
}
