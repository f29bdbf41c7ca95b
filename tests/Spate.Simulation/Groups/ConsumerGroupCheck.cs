using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>Classic groups and those of the consumer protocol: nobody reads what another reads, and in the end somebody reads each partition.</summary>
internal sealed class ConsumerGroupCheck(World world, string groupId, IReadOnlyList<GroupMember> members) : GroupCheck(world, groupId)
{
    protected override int EpochOf(Group group) => group.Consumer?.Epoch ?? group.Classic.Logged?.Generation ?? 0;

    protected override void LookAt(Group group)
    {
        if (group.Consumer is { } consumer)
        {
            LookAtMembers(consumer);
        }

        LookAtReaders(group);
    }

    protected override void LookAtRest(Group group)
    {
        var wanted = members.SelectMany(member => Subscribed(group, member)).Distinct().Order(StringComparer.Ordinal).ToList();
        var read = members.SelectMany(static member => member.Owned.ToPairs().SelectMany(static pair => pair.Partitions.Select(partition => (pair.Topic, partition))))
            .Where(one => World.Topics.Current.Find(one.Topic) is not null).Select(one => $"{World.Topics.NameOf(one.Topic)}-{one.partition}").Order(StringComparer.Ordinal).ToList();
        if (group.State != nameof(ConsumerGroupState.Stable) || !wanted.SequenceEqual(read, StringComparer.Ordinal))
        {
            World.Fault(
                Checks.Settling,
                $"{GroupId} is {group.State}, its members read {string.Join(' ', read)} of {string.Join(' ', wanted)}: {string.Join("; ", members.Select(member => $"{member} is {member.MemberId} in {member.Epoch}, has {member.Owned}"))}");
        }
    }

    private void LookAtMembers(ConsumerGroup group)
    {
        var held = PartitionSet.Empty;
        foreach (var member in group.Members)
        {
            Epochs.Look(member.Id, member.Current.Epoch, group.AssignmentEpoch, group.Epoch);
            var own = member.Current.Assigned.Union(member.Current.PendingRevocation);
            if (held.Overlaps(own))
            {
                World.Fault(Checks.Owners, $"{GroupId} has given to {member.Id} what another holds");
            }

            held = held.Union(own);
        }
    }

    /// <summary>Clients that the group knows as they know themselves read nothing that another such client reads. Of a topic that is gone there is nothing to read.</summary>
    private void LookAtReaders(Group group)
    {
        var all = PartitionSet.Empty;
        foreach (var member in members)
        {
            if (!IsKnown(group, member))
            {
                continue;
            }

            var read = member.Owned.Where((topic, _) => World.Topics.Current.Find(topic) is not null);
            if (all.Overlaps(read))
            {
                World.Fault(Checks.Owners, $"{member} reads in {GroupId} what another reads: {string.Join("; ", members.Where(one => IsKnown(group, one)).Select(one => $"{one} {one.Owned}"))}");
            }

            all = all.Union(read);
        }
    }

    private static bool IsKnown(Group group, GroupMember member) =>
        !member.IsDown && (group.Consumer is { } consumer
            ? consumer.TryGetMember(member.MemberId, out var known) && (member.Epoch == known.Current.Epoch || (!known.SpeaksClassic && member.Epoch == known.Current.PreviousEpoch))
            : group.Classic is { State: ClassicGroupState.Stable } classic && classic.Generation == member.Epoch && classic.TryGetMember(member.MemberId, out _));

    private IEnumerable<string> Subscribed(Group group, GroupMember member)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        if (group.Consumer is { } consumer && consumer.TryGetMember(member.MemberId, out var known))
        {
            names.UnionWith(known.Metadata.Topics);
            names.UnionWith(new SubscriptionView(World.Topics.Current, consumer.Regexes).Matched(known.Metadata));
        }
        else if (group.Classic.TryGetMember(member.MemberId, out var classic))
        {
            ConsumerSubscription.TryReadTopics(classic.MetadataFor(group.Classic.Protocol), names);
        }

        return names.Select(World.Topics.Current.Find).OfType<Coordination.Topics.TopicDescription>()
            .SelectMany(static topic => Enumerable.Range(0, topic.PartitionCount).Select(partition => $"{topic.Name}-{partition}"));
    }
}
