using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Streams;

/// <summary>All who decide about the streams groups of one shard. Touched by the shard's loop only.</summary>
internal sealed class StreamsGroups
{
    private readonly StreamsGroupReplay _replay;
    private readonly StreamsTimers _timers;
    private readonly StreamsDepartures _departures;

    public StreamsGroups(GroupShard shard, IShardContext context, StreamsGroupOptions options, GroupSurroundings surroundings, ILogger logger)
    {
        _replay = new StreamsGroupReplay(shard);
        _timers = new StreamsTimers(shard, context, surroundings.Settings, logger);
        _departures = new StreamsDepartures(shard, _timers);
        _timers.Remove = (group, member) => _departures.Remove(group, [member], () => { });
        var parts = new StreamsParts(shard, surroundings.Topics, surroundings.Settings, _timers, logger);
        var step = new StreamsStep(shard);
        Heartbeats = new StreamsHeartbeatHandler(parts, step, _departures, new FirstAssignment(shard, context, step, parts), options);
        Description = new StreamsGroupDescription(shard, surroundings.Topics);
    }

    public StreamsHeartbeatHandler Heartbeats { get; }

    public StreamsGroupDescription Description { get; }

    /// <summary>Takes a record in; false when it is of another kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record) => _replay.TryApply(type, record);

    /// <summary>Starts the clocks of a group that came from the log.</summary>
    public void Resume(StreamsGroup group) => _timers.Resume(group);

    /// <summary>Ends sessions before their time.</summary>
    /// <param name="group">The group.</param>
    /// <param name="memberId">Whose session ends; null for everybody's.</param>
    /// <param name="reply">Told when they are gone, or why nobody is.</param>
    public CommandOutcome EndSessions(StreamsGroup group, string? memberId, Reply<ErrorCode> reply)
    {
        var going = group.Members.Where(member => memberId is null || member.Id == memberId).ToList();
        if (going.Count == 0)
        {
            reply.Complete(ErrorCode.UnknownMemberId);
            return CommandOutcome.Done;
        }

        return _departures.Remove(group, going, () => reply.Complete(ErrorCode.None));
    }
}
