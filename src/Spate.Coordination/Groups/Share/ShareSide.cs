using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Groups.Share;

/// <summary>All who decide about the share groups of one shard. Touched by the shard's loop only.</summary>
internal sealed class ShareSide
{
    private readonly ShareGroupReplay _replay;
    private readonly ShareSessions _sessions;
    private readonly ShareDepartures _departures;

    public ShareSide(GroupShard shard, IShardContext context, ShareGroupOptions options, GroupSurroundings surroundings, ILogger logger)
    {
        var (topics, settings, calls) = surroundings;
        _replay = new ShareGroupReplay(shard);
        _sessions = new ShareSessions(shard, context, settings, logger);
        _departures = new ShareDepartures(shard, topics, _sessions);
        _sessions.Remove = (group, member) => _departures.Remove(group, [member], () => { });
        States = new ShareStateWork(shard, context, topics, calls, options, logger);
        Heartbeats = new ShareHeartbeatHandler(shard, new ShareStep(shard, topics), _departures, _sessions, States, options, settings, logger);
        Description = new ShareGroupDescription(shard, topics, options);
        Offsets = new ShareOffsetHandler(shard, States, topics);
    }

    public ShareHeartbeatHandler Heartbeats { get; }

    public ShareGroupDescription Description { get; }

    public ShareOffsetHandler Offsets { get; }

    public ShareStateWork States { get; }

    /// <summary>Takes a record in; false when it is of another kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record) => _replay.TryApply(type, record);

    /// <summary>Starts the clocks of a group that came from the log, and takes up what it has left to do.</summary>
    public void Resume(ShareGroup group)
    {
        _sessions.Resume(group);
        States.Resume(group);
    }

    /// <summary>Ends sessions before their time.</summary>
    /// <param name="group">The group.</param>
    /// <param name="memberId">Whose session ends; null for everybody's.</param>
    /// <param name="reply">Told when they are gone, or why nobody is.</param>
    public CommandOutcome EndSessions(ShareGroup group, string? memberId, Reply<ErrorCode> reply)
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
