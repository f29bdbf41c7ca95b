using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>The clocks of members of streams groups.</summary>
internal sealed class StreamsTimers
{
    private readonly GroupShard _shard;
    private readonly IGroupSettings _settings;
    private readonly ILogger _logger;
    private readonly MemberClocks _clocks;

    public StreamsTimers(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
    {
        _shard = shard;
        _settings = settings;
        _logger = logger;
        _clocks = new MemberClocks(context, Over);
    }

    /// <summary>What is done about a member whose time is over.</summary>
    public Func<StreamsGroup, StreamsMember, CommandOutcome> Remove { get; set; } = (_, _) => CommandOutcome.Done;

    /// <summary>Starts the clocks of a group that came from the log.</summary>
    public void Resume(StreamsGroup group)
    {
        foreach (var member in group.Members)
        {
            StartSession(group.Id, member);
            WatchRevocation(group.Id, member);
        }
    }

    /// <summary>The member has been heard of: its session begins anew, as long as is set now.</summary>
    public void StartSession(string groupId, StreamsMember member) =>
        _clocks.StartSession(groupId, member.Id, _settings.ForStreamsGroup(groupId).SessionTimeoutMs);

    /// <summary>A member that has tasks to give up has as long for it as it asked for; one that has none is not watched.</summary>
    public void WatchRevocation(string groupId, StreamsMember member)
    {
        if (member.Current.State != MemberState.UnrevokedPartitions)
        {
            _clocks.CeaseRevocation(groupId, member.Id);
            return;
        }

        var epoch = member.Current.Epoch;
        _clocks.WatchRevocation(
            groupId, member.Id, member.Metadata.RebalanceTimeoutMs, () => _shard.Find(groupId)?.Streams?.StandingOf(member.Id)?.Epoch == epoch);
    }

    public void Cancel(string groupId, string memberId) => _clocks.Cancel(groupId, memberId);

    private CommandOutcome Over(string groupId, string memberId, string reason)
    {
        if (_shard.Find(groupId)?.Streams is not { } group || !group.TryGetMember(memberId, out var member))
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(_logger, memberId, groupId, reason);
        return Remove(group, member);
    }
}
