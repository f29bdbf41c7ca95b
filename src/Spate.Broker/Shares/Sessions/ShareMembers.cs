using Spate.Broker.Partitions;
using Spate.Broker.Shares.Partitions;
using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;

namespace Spate.Broker.Shares.Sessions;

/// <summary>What members of share groups say of records, and what becomes of those that they hold when they go. Safe for use by several threads at once.</summary>
internal sealed class ShareMembers(PartitionTable table, SharedPartitions shared)
{
    /// <summary>Takes a member's word on records of several partitions, side by side.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">The member.</param>
    /// <param name="acknowledgements">What it says of which partition.</param>
    /// <param name="mayRenew">Whether the request was to renew locks (KIP-1222).</param>
    /// <returns>The error of each partition.</returns>
    public async ValueTask<IReadOnlyDictionary<SharedTopicPartition, ErrorCode>> AcknowledgeAsync(
        string groupId, string memberId, IReadOnlyList<KeyValuePair<SharedTopicPartition, List<Acknowledgement>>> acknowledgements, bool mayRenew)
    {
        var errors = await Task.WhenAll(acknowledgements.Select(each => AcknowledgeAsync(groupId, memberId, each.Key, each.Value, mayRenew).AsTask()));
        var answers = new Dictionary<SharedTopicPartition, ErrorCode>();
        for (var index = 0; index < errors.Length; index++)
        {
            answers.TryAdd(acknowledgements[index].Key, errors[index]);
        }

        return answers;
    }

    /// <summary>Gives back what a member holds of some partitions.</summary>
    /// <returns>The error of each partition.</returns>
    public async Task<IReadOnlyDictionary<SharedTopicPartition, ErrorCode>> ReleaseAsync(string groupId, string memberId, IReadOnlyList<SharedTopicPartition> partitions)
    {
        var errors = await Task.WhenAll(partitions.Select(each => Find(groupId, each) is { } served
            ? served.ReleaseAsync(memberId).AsTask()
            : Task.FromResult(ErrorCode.UnknownTopicOrPartition)));
        return partitions.Zip(errors).ToDictionary(static each => each.First, static each => each.Second);
    }

    private SharedPartition? Find(string groupId, SharedTopicPartition partition) => shared.Find(new SharePartitionKey(groupId, partition.TopicId, partition.Partition));

    private async ValueTask<ErrorCode> AcknowledgeAsync(
        string groupId, string memberId, SharedTopicPartition partition, List<Acknowledgement> acknowledgements, bool mayRenew)
    {
        var error = table.Find(partition.TopicId, partition.Partition, out _);
        if (error != ErrorCode.None)
        {
            return error;
        }

        if (!AreInOrder(acknowledgements) || (!mayRenew && acknowledgements.Exists(static one => one.Types.Contains((sbyte)AcknowledgeType.Renew))))
        {
            return ErrorCode.InvalidRequest;
        }

        return Find(groupId, partition) is { } served ? await served.AcknowledgeAsync(memberId, acknowledgements) : ErrorCode.UnknownTopicOrPartition;
    }

    private static bool AreInOrder(List<Acknowledgement> acknowledgements)
    {
        for (var index = 0; index < acknowledgements.Count; index++)
        {
            if (!acknowledgements[index].IsWellFormed || (index > 0 && acknowledgements[index].FirstOffset <= acknowledgements[index - 1].LastOffset))
            {
                return false;
            }
        }

        return true;
    }
}
