using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Classic;

/// <summary>
/// A static member that lost its id comes back under its instance's name (KIP-345). In a stable group it takes its assignment up again
/// without a round, as long as it wants what it wanted before; its new id is in the log before it is told.
/// </summary>
internal sealed class StaticReturn(ClassicRebalance rebalance, IShardContext context)
{
    public CommandOutcome Replace(ClassicGroup group, ClassicMember former, ClassicMember replacement, JoinAttempt attempt)
    {
        replacement.Assignment = former.Assignment;
        if (group.State == ClassicGroupState.Stable && CanGoOn(group, former, replacement))
        {
            return GoOn(group, former, replacement, attempt);
        }

        rebalance.Replace(group, former, replacement);
        if (group.State != ClassicGroupState.PreparingRebalance)
        {
            rebalance.Begin(group, $"static member {replacement.InstanceId} came back as {replacement.Id} ({attempt.Reason})");
        }

        rebalance.AwaitJoin(group, replacement, attempt.Reply);
        return rebalance.CompleteIfReady(group);
    }

    private CommandOutcome GoOn(ClassicGroup group, ClassicMember former, ClassicMember replacement, JoinAttempt attempt)
    {
        var leaderBefore = group.LeaderId;
        var leader = leaderBefore == former.Id ? replacement.Id : leaderBefore;
        var value = LoggedGroups.Generation(group, leader, WithReplaced(group, former, replacement), member => member.Assignment, context.UtcNowMs);
        return CommandOutcome.Append([GroupRecords.Group(group.Id, value)], () =>
        {
            rebalance.Replace(group, former, replacement);
            replacement.IsNew = false;
            rebalance.StartSession(group, replacement);
            attempt.Reply.Complete(JoinReplies.Returned(group, replacement, leaderBefore, attempt.CanSkipAssignment));
        });
    }

    /// <summary>
    /// Whether the generation can go on: the group would choose the same protocol again, and the member reads the same topics. What else it
    /// says of itself (the partitions it owned, its user data) is lost with every restart and does not count.
    /// </summary>
    private static bool CanGoOn(ClassicGroup group, ClassicMember former, ClassicMember replacement)
    {
        var members = WithReplaced(group, former, replacement).ToList();
        return ProtocolSelection.Select(members) == group.Protocol
            && (!group.IsConsumer || ReadSameTopics(former.MetadataFor(group.Protocol), replacement.MetadataFor(group.Protocol)));
    }

    private static bool ReadSameTopics(ReadOnlyMemory<byte> before, ReadOnlyMemory<byte> now)
    {
        var topicsBefore = new HashSet<string>(StringComparer.Ordinal);
        var topicsNow = new HashSet<string>(StringComparer.Ordinal);
        var areReadable = ConsumerSubscription.TryReadTopics(before, topicsBefore) & ConsumerSubscription.TryReadTopics(now, topicsNow);
        return areReadable ? topicsBefore.SetEquals(topicsNow) : before.Span.SequenceEqual(now.Span);
    }

    private static IEnumerable<ClassicMember> WithReplaced(ClassicGroup group, ClassicMember former, ClassicMember replacement) =>
        group.Members.Where(member => member.Id != former.Id).Append(replacement);
}
