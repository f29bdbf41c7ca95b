using Microsoft.Extensions.Logging;
using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// The rounds of a classic group: members are gathered, a generation begins, those who do not play along are removed. Every timer of the
/// protocol is set here.
/// </summary>
internal sealed class ClassicRebalance(GroupShard shard, IShardContext context, GroupCoordinatorOptions options, ILogger logger)
{
    private const string SessionPurpose = "session";
    private const string JoinPurpose = "join";
    private const string SyncPurpose = "sync";

    /// <summary>Starts the clocks of a group that came from the log.</summary>
    public void Resume(ClassicGroup group)
    {
        foreach (var member in group.Members)
        {
            StartSession(group, member);
        }

        if (group.MemberCount > options.MaxSize)
        {
            Begin(group, "the group came from the log with more members than are allowed");
        }
    }

    /// <summary>A client holds an id that it has not joined with yet, and is waited for as long as its session would last.</summary>
    public void AddPending(ClassicGroup group, string memberId, int sessionTimeoutMs)
    {
        group.Pending.Add(memberId);
        Watch(group, memberId, TimeSpan.FromMilliseconds(sessionTimeoutMs));
    }

    public void RemovePending(ClassicGroup group, string memberId)
    {
        group.Pending.Remove(memberId);
        context.Cancel(Session(group, memberId));
    }

    /// <summary>
    /// A member waits for the round to be complete. While it waits it sends no heartbeats and is not expected to, but one that does not
    /// know its id yet could go away without our ever hearing of it, and is kept for a limited time.
    /// </summary>
    public void AwaitJoin(ClassicGroup group, ClassicMember member, Reply<JoinGroupResponse> reply)
    {
        member.AwaitJoin(reply);
        if (member.IsNew)
        {
            Watch(group, member.Id, options.NewMemberJoinTimeout);
        }
        else
        {
            context.Cancel(Session(group, member.Id));
        }
    }

    /// <summary>A member waits for the leader's assignments.</summary>
    public void AwaitSync(ClassicGroup group, ClassicMember member, Reply<SyncGroupResponse> reply)
    {
        member.AwaitSync(reply);
        context.Cancel(Session(group, member.Id));
    }

    /// <summary>The member has been heard of, or answered: its session begins anew.</summary>
    public void StartSession(ClassicGroup group, ClassicMember member)
    {
        var timeout = TimeSpan.FromMilliseconds(member.SessionTimeoutMs);
        if (!context.Restart(Session(group, member.Id), timeout))
        {
            Watch(group, member.Id, timeout);
        }
    }

    /// <summary>The member has been heard of while it may also be waiting for an answer, during which its session stands still.</summary>
    public void ProlongSession(ClassicGroup group, ClassicMember member)
    {
        if (member.JoinReply is null && member.SyncReply is null)
        {
            StartSession(group, member);
        }
    }

    /// <summary>Begins a round. Those who wait for an assignment of the generation before are told to join again.</summary>
    public void Begin(ClassicGroup group, string reason)
    {
        GroupLog.RoundBegun(logger, group.Id, group.Generation, reason);
        context.Cancel(Sync(group));
        var wasEmpty = group.State == ClassicGroupState.Empty;
        group.MoveTo(ClassicGroupState.PreparingRebalance);
        foreach (var member in group.Members)
        {
            if (member.TakeSyncReply() is { } reply)
            {
                reply.Refuse(ErrorCode.RebalanceInProgress);
                StartSession(group, member);
            }
        }

        group.InitialRound = wasEmpty ? new InitialRound(group.RebalanceTimeout - options.InitialRebalanceDelay) : null;
        var delay = wasEmpty ? options.InitialRebalanceDelay : group.RebalanceTimeout;
        context.Schedule(Join(group), delay, () => JoinsOver(group));
    }

    /// <summary>The group goes on under another protocol: whoever waits is told to join again, and no clock of it runs any more.</summary>
    public void Abandon(ClassicGroup group)
    {
        context.Cancel(Join(group));
        context.Cancel(Sync(group));
        foreach (var member in group.Members)
        {
            member.RefuseReplies(ErrorCode.RebalanceInProgress);
            context.Cancel(Session(group, member.Id));
        }

        foreach (var memberId in group.Pending)
        {
            context.Cancel(Session(group, memberId));
        }
    }

    /// <summary>Completes the round when nobody is missing. The first round of a group waits all the same, for those who are not known yet.</summary>
    public CommandOutcome CompleteIfReady(ClassicGroup group)
    {
        if (group.State != ClassicGroupState.PreparingRebalance)
        {
            return CommandOutcome.Done;
        }

        var mayComplete = group.InitialRound is null ? group.AllHaveJoined : options.InitialRebalanceDelay <= TimeSpan.Zero;
        return mayComplete ? Complete(group) : CommandOutcome.Done;
    }

    /// <summary>
    /// Members leave, or are made to. What follows (a round, an empty group) follows at once, or when the log knows that nobody is left.
    /// </summary>
    /// <param name="group">The group.</param>
    /// <param name="leaving">At least one of its members.</param>
    /// <param name="reason">Why, for the log file.</param>
    /// <param name="removed">Runs when they are gone.</param>
    public CommandOutcome Remove(ClassicGroup group, IReadOnlyCollection<ClassicMember> leaving, string reason, Action removed)
    {
        if (leaving.Count == group.MemberCount)
        {
            return Empty(group, reason, removed);
        }

        foreach (var member in leaving)
        {
            Drop(group, member, reason);
        }

        removed();
        if (group.State != ClassicGroupState.PreparingRebalance)
        {
            Begin(group, reason);
        }

        return CompleteIfReady(group);
    }

    /// <summary>The sync of a member has been seen; when it was the last, nobody has to be waited for any more.</summary>
    public void SyncSeen(ClassicGroup group, ClassicMember member)
    {
        group.AwaitedSyncs.Remove(member.Id);
        if (group.AwaitedSyncs.Count == 0)
        {
            context.Cancel(Sync(group));
        }
    }

    /// <summary>Lets a static member take the place of what it was before, which is told that it has been replaced.</summary>
    public void Replace(ClassicGroup group, ClassicMember old, ClassicMember replacement)
    {
        old.RefuseReplies(ErrorCode.FencedInstanceId);
        context.Cancel(Session(group, old.Id));
        group.Replace(old, replacement);
    }

    private CommandOutcome Complete(ClassicGroup group)
    {
        var missing = group.Members.Where(member => member.InstanceId is null && member.JoinReply is null).ToList();
        if (missing.Count == group.MemberCount)
        {
            return Empty(group, "it did not join the round in time", () => { });
        }

        foreach (var member in missing)
        {
            Drop(group, member, "it did not join the round in time");
        }

        if (group.TryElectLeader())
        {
            context.Cancel(Join(group));
            BeginGeneration(group);
        }
        else
        {
            // Only static members are left, all of them away: they keep their places as long as their sessions last.
            context.Schedule(Join(group), group.RebalanceTimeout, () => JoinsOver(group));
        }

        return CommandOutcome.Done;
    }

    private void BeginGeneration(ClassicGroup group)
    {
        group.InitialRound = null;
        group.BeginGeneration();
        shard.Figures.Rebalanced();
        GroupLog.GenerationBegun(logger, group.Id, group.Generation, group.MemberCount, group.LeaderId, group.Protocol);
        foreach (var member in group.Members)
        {
            if (member.TakeJoinReply() is { } reply)
            {
                reply.Complete(JoinReplies.Joined(group, member));
                member.IsNew = false;
                StartSession(group, member);
            }
        }

        context.Schedule(Sync(group), group.RebalanceTimeout, () => SyncsOver(group));
    }

    private CommandOutcome Empty(ClassicGroup group, string reason, Action emptied)
    {
        var generation = group.Generation + 1;
        var record = GroupRecords.Group(group.Id, LoggedGroups.Empty(group.ProtocolType ?? "", generation, context.UtcNowMs));
        return CommandOutcome.Append([record], () =>
        {
            foreach (var member in group.Members.ToList())
            {
                Drop(group, member, reason);
            }

            context.Cancel(Join(group));
            context.Cancel(Sync(group));
            group.BecomeEmpty(generation);
            GroupLog.Emptied(logger, group.Id, generation);
            emptied();
        });
    }

    private void Drop(ClassicGroup group, ClassicMember member, string reason)
    {
        GroupLog.MemberRemoved(logger, member.Id, group.Id, reason);
        member.RefuseReplies(ErrorCode.UnknownMemberId);
        context.Cancel(Session(group, member.Id));
        group.Remove(member);
    }

    private CommandOutcome JoinsOver(ClassicGroup group)
    {
        if (group.InitialRound?.Prolong(options.InitialRebalanceDelay) is { } delay)
        {
            context.Schedule(Join(group), delay, () => JoinsOver(group));
            return CommandOutcome.Done;
        }

        return Complete(group);
    }

    private CommandOutcome SyncsOver(ClassicGroup group)
    {
        var missing = group.Members.Where(member => group.AwaitedSyncs.Contains(member.Id)).ToList();
        return missing.Count == 0 ? CommandOutcome.Done : Remove(group, missing, "it did not ask for its assignment in time", () => { });
    }

    private CommandOutcome SessionOver(ClassicGroup group, string memberId)
    {
        if (group.Pending.Remove(memberId))
        {
            shard.DropIfGone(group.Id);
            return CompleteIfReady(group);
        }

        return group.TryGetMember(memberId, out var member)
            ? Remove(group, [member], "its session is over", () => { })
            : CommandOutcome.Done;
    }

    private void Watch(ClassicGroup group, string memberId, TimeSpan timeout) =>
        context.Schedule(Session(group, memberId), timeout, () => SessionOver(group, memberId));

    private static TimerKey Session(ClassicGroup group, string memberId) => new(SessionPurpose, group.Id, memberId);

    private static TimerKey Join(ClassicGroup group) => new(JoinPurpose, group.Id);

    private static TimerKey Sync(ClassicGroup group) => new(SyncPurpose, group.Id);
}
