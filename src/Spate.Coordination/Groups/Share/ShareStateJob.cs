using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Share;

/// <summary>One thing to be asked of the keeper of delivery state for a group, and what is to be done with the answer.</summary>
internal sealed class ShareStateJob
{
    private readonly Func<IShareStates, ValueTask<ShareStateOutcome>> _ask;

    private ShareStateJob(string groupId, PartitionSet partitions, Func<IShareStates, ValueTask<ShareStateOutcome>> ask, Func<ShareStateOutcome, CommandOutcome> settle)
    {
        GroupId = groupId;
        Partitions = partitions;
        _ask = ask;
        Settle = settle;
    }

    public string GroupId { get; }

    public PartitionSet Partitions { get; }

    /// <summary>Takes the answer in, as a command of the group; may be called again when the log has refused what came of it.</summary>
    public Func<ShareStateOutcome, CommandOutcome> Settle { get; }

    /// <summary>Begins share partitions under an epoch.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="partitions">The partitions.</param>
    /// <param name="stateEpoch">The group's epoch; state of an earlier one is overwritten, and its writers are fenced.</param>
    /// <param name="startOf">Where each begins; -1 leaves it to the leader of the partition and the group's settings.</param>
    /// <param name="settle">What to do then.</param>
    public static ShareStateJob Initialize(string groupId, PartitionSet partitions, int stateEpoch, Func<Uuid, int, long> startOf, Func<ShareStateOutcome, CommandOutcome> settle)
    {
        var request = new InitializeShareGroupStateRequest { GroupId = groupId };
        request.Topics.AddRange(partitions.ToPairs().Select(pair => new InitializeShareGroupStateRequest.InitializeStateData
        {
            TopicId = pair.Topic,
            Partitions =
            [
                .. pair.Partitions.Select(partition => new InitializeShareGroupStateRequest.PartitionData
                {
                    Partition = partition,
                    StateEpoch = stateEpoch,
                    StartOffset = startOf(pair.Topic, partition),
                }),
            ],
        }));
        return new ShareStateJob(groupId, partitions, AskAsync, settle);

        async ValueTask<ShareStateOutcome> AskAsync(IShareStates states)
        {
            var response = await states.InitializeAsync(request);
            return ShareStateOutcome.Of(partitions, response.Results.SelectMany(topic => topic.Partitions.Select(one => (topic.TopicId, one.Partition, one.ErrorCode))));
        }
    }

    /// <summary>Forgets share partitions. That nothing is known of one is no failure.</summary>
    public static ShareStateJob Delete(string groupId, PartitionSet partitions, Func<ShareStateOutcome, CommandOutcome> settle)
    {
        var request = new DeleteShareGroupStateRequest { GroupId = groupId };
        request.Topics.AddRange(partitions.ToPairs().Select(pair => new DeleteShareGroupStateRequest.DeleteStateData
        {
            TopicId = pair.Topic,
            Partitions = [.. pair.Partitions.Select(partition => new DeleteShareGroupStateRequest.PartitionData { Partition = partition })],
        }));
        return new ShareStateJob(groupId, partitions, AskAsync, settle);

        async ValueTask<ShareStateOutcome> AskAsync(IShareStates states)
        {
            var response = await states.DeleteAsync(request);
            return ShareStateOutcome.Of(partitions, response.Results.SelectMany(topic => topic.Partitions.Select(one => (topic.TopicId, one.Partition, one.ErrorCode))));
        }
    }

    public ValueTask<ShareStateOutcome> AskAsync(IShareStates states) => _ask(states);
}
