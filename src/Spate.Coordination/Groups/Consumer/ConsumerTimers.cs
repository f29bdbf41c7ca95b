using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>The clocks of members: how long one may be silent, and how long it may take to give partitions up.</summary>
internal sealed class ConsumerTimers
{
    private const string JoinPurpose = "join";
    private const string SyncPurpose = "sync";

    private readonly HashSet<(string Group, string Member)> _expectedJoins = [];
    private readonly GroupShard _shard;
    private readonly IShardContext _context;
    private readonly IGroupSettings _settings;
    private readonly ILogger _logger;
    private readonly MemberClocks _clocks;

    public ConsumerTimers(GroupShard shard, IShardContext context, IGroupSettings settings, ILogger logger)
    {
        _shard = shard;
        _context = context;
        _settings = settings;
        _logger = logger;
        _clocks = new MemberClocks(context, Over);
    }

    /// <summary>What is done about a member whose time is over.</summary>
    public Func<ConsumerGroup, ConsumerMember, CommandOutcome> Remove { get; set; } = (_, _) => CommandOutcome.Done;

    /// <summary>Starts the clocks of a group that came from the log.</summary>
    public void Resume(ConsumerGroup group)
    {
        foreach (var member in group.Members)
        {
            StartSession(group.Id, member);
            WatchRevocation(group.Id, member);
        }
    }

    /// <summary>The member has been heard of: its session begins anew, as long as is set now.</summary>
    public void StartSession(string groupId, ConsumerMember member) =>
        _clocks.StartSession(groupId, member.Id, member.Metadata.Classic?.SessionTimeoutMs ?? _settings.ForConsumerGroup(groupId).SessionTimeoutMs);

    /// <summary>A member that has partitions to give up has as long for it as it asked for; one that has none is not watched.</summary>
    public void WatchRevocation(string groupId, ConsumerMember member)
    {
        if (member.Current.State != MemberState.UnrevokedPartitions || member.SpeaksClassic)
        {
            _clocks.CeaseRevocation(groupId, member.Id);
            return;
        }

        var epoch = member.Current.Epoch;
        _clocks.WatchRevocation(groupId, member.Id, member.Metadata.RebalanceTimeoutMs, () => IsIn(groupId, member.Id, epoch));
    }

    public void Cancel(string groupId, string memberId)
    {
        _clocks.Cancel(groupId, memberId);
        JoinSeen(groupId, memberId);
        SyncSeen(groupId, memberId);
    }

    /// <summary>A classic member was told to join again: it has as long for it as it asked for, from when it first was told.</summary>
    public void ExpectJoin(string groupId, ConsumerMember member)
    {
        if (_expectedJoins.Add((groupId, member.Id)))
        {
            _context.Schedule(Join(groupId, member.Id), RebalanceTimeout(member), () => Over(groupId, member.Id, "it did not join again in time"));
        }
    }

    public void JoinSeen(string groupId, string memberId)
    {
        _expectedJoins.Remove((groupId, memberId));
        _context.Cancel(Join(groupId, memberId));
    }

    /// <summary>A classic member has joined and is to ask for its assignment.</summary>
    public void ExpectSync(string groupId, ConsumerMember member) =>
        _context.Schedule(Sync(groupId, member.Id), RebalanceTimeout(member), () => Over(groupId, member.Id, "it did not ask for its assignment in time"));

    public void SyncSeen(string groupId, string memberId) => _context.Cancel(Sync(groupId, memberId));

    private static TimeSpan RebalanceTimeout(ConsumerMember member) => TimeSpan.FromMilliseconds(Math.Max(0, member.Metadata.RebalanceTimeoutMs));

    private CommandOutcome Over(string groupId, string memberId, string reason)
    {
        _expectedJoins.Remove((groupId, memberId));
        if (_shard.Find(groupId)?.Consumer is not { } group || !group.TryGetMember(memberId, out var member))
        {
            return CommandOutcome.Done;
        }

        GroupLog.MemberRemoved(_logger, memberId, groupId, reason);
        return Remove(group, member);
    }

    private bool IsIn(string groupId, string memberId, int epoch) =>
        _shard.Find(groupId)?.Consumer is { } group && group.TryGetMember(memberId, out var member) && member.Current.Epoch == epoch;

    private static TimerKey Join(string groupId, string memberId) => new(JoinPurpose, groupId, memberId);

    private static TimerKey Sync(string groupId, string memberId) => new(SyncPurpose, groupId, memberId);
}
