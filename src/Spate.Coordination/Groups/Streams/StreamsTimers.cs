using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Streams;

/// <summary>The clocks of members of streams groups.</summary>
internal sealed class StreamsTimers
{
    private const string OffsetsPurpose = "task offsets";

    private readonly GroupShard _shard;
    private readonly IGroupSettings _settings;
    private readonly ILogger _logger;
    private readonly MemberClocks _clocks;
    private readonly IShardContext _context;

    public StreamsTimers(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
    {
        _shard = shard;
        _context = context;
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

        AwaitOffsets(group);
    }

    /// <summary>
    /// Members that tell how far they have the state of tasks do so again within the interval that is set for it, without being asked. Who has not after two of them tells nothing, and is
    /// held to nothing any more.
    /// </summary>
    private void AwaitOffsets(StreamsGroup group)
    {
        var interval = TimeSpan.FromMilliseconds(_settings.ForStreamsGroup(group.Id).TaskOffsetIntervalMs);
        _context.Schedule(new TimerKey(OffsetsPurpose, group.Id), interval * 2, () =>
        {
            foreach (var member in group.Members.Where(member => !group.Soft.Told.ContainsKey(member.Id)))
            {
                group.Soft.Told.Add(member.Id, ToldOffsets.Silent);
                group.Soft.Weighed = null;
            }

            return CommandOutcome.Done;
        });
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
