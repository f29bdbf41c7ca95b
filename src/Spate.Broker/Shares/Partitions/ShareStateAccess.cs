using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Shares.Partitions;

/// <summary>What became of the records of one partition at a time, read and written through whoever keeps it. Safe for use by several threads at once.</summary>
internal sealed class ShareStateAccess(IShareStates states)
{
    /// <summary>Reads what is kept; leaders of earlier epochs are fenced from now on.</summary>
    /// <returns>
    /// COORDINATOR_NOT_AVAILABLE when it is to be tried again; NOT_LEADER_OR_FOLLOWER when there is a leader of a later epoch; UNKNOWN_SERVER_ERROR when the group has not
    /// begun to read the partition.
    /// </returns>
    public async ValueTask<(ErrorCode Error, ReadShareGroupStateResponse.PartitionResult State)> ReadAsync(SharePartitionKey key, int leaderEpoch)
    {
        var answer = await states.ReadAsync(new ReadShareGroupStateRequest
        {
            GroupId = key.GroupId,
            Topics = [new() { TopicId = key.TopicId, Partitions = [new() { Partition = key.Partition, LeaderEpoch = leaderEpoch }] }],
        });
        var state = answer.Results[0].Partitions[0];
        return (ErrorOf(state.ErrorCode), state);
    }

    /// <summary>Writes down where delivery begins.</summary>
    public ValueTask<ErrorCode> BeginAsync(SharePartitionKey key, int leaderEpoch, int stateEpoch, long startOffset) =>
        WriteAsync(key, new WriteShareGroupStateRequest.PartitionData
        {
            Partition = key.Partition,
            LeaderEpoch = leaderEpoch,
            StateEpoch = stateEpoch,
            StartOffset = startOffset,
            DeliveryCompleteCount = 0,
        });

    /// <summary>Writes down a change. With any error but those of fencing it may have been written nonetheless.</summary>
    public ValueTask<ErrorCode> WriteAsync(SharePartitionKey key, int leaderEpoch, int stateEpoch, ShareStateChange change) =>
        WriteAsync(key, new WriteShareGroupStateRequest.PartitionData
        {
            Partition = key.Partition,
            LeaderEpoch = leaderEpoch,
            StateEpoch = stateEpoch,
            StartOffset = change.StartOffset,
            DeliveryCompleteCount = change.DeliveryCompleteCount,
            StateBatches = [.. change.Batches.Select(static batch => new WriteShareGroupStateRequest.StateBatch
            {
                FirstOffset = batch.First, LastOffset = batch.Last, DeliveryState = (sbyte)batch.State, DeliveryCount = batch.DeliveryCount,
            })],
        });

    private async ValueTask<ErrorCode> WriteAsync(SharePartitionKey key, WriteShareGroupStateRequest.PartitionData partition)
    {
        var answer = await states.WriteAsync(new WriteShareGroupStateRequest
        {
            GroupId = key.GroupId,
            Topics = [new() { TopicId = key.TopicId, Partitions = [partition] }],
        });
        return ErrorOf(answer.Results[0].Partitions[0].ErrorCode);
    }

    /// <summary>The keeper's errors as members are told them.</summary>
    private static ErrorCode ErrorOf(ErrorCode error) => error switch
    {
        ErrorCode.None or ErrorCode.UnknownTopicOrPartition or ErrorCode.FencedStateEpoch => error,
        ErrorCode.FencedLeaderEpoch => ErrorCode.NotLeaderOrFollower,
        ErrorCode.InvalidRequest => ErrorCode.UnknownServerError,
        _ => ErrorCode.CoordinatorNotAvailable,
    };
}
