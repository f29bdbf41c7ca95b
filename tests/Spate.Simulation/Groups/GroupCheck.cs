using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Protocol;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Groups;

/// <summary>Holds one group against its promises: epochs only rise, nobody reads what another reads, committed offsets never go back.</summary>
internal sealed class GroupCheck(World world, string groupId, IReadOnlyList<GroupMember> members)
{
    private readonly LedPartition _partition = world.Cluster.Find(InternalTopic.Offsets, groupId);
    private readonly Dictionary<TopicPartition, long> _offsets = [];
    private readonly Dictionary<string, int> _memberEpochs = new(StringComparer.Ordinal);
    private int _epoch;

    public IReadOnlyList<GroupMember> Members => members;

    /// <summary>The group as its coordinator has it; null when there is none, or nobody who could tell.</summary>
    public Group? Find(out bool isServed)
    {
        isServed = _partition.IsServed;
        if (!isServed)
        {
            return null;
        }

        var answer = _partition.Leader.Groups.ReadAsync(groupId, shard => shard.Find(groupId), static _ => null).AsTask();
        world.Pump.Run();
        isServed = _partition.IsServed && answer.IsCompletedSuccessfully;
        return isServed ? answer.Result : null;
    }

    public void Look()
    {
        var group = Find(out var isServed);
        if (!isServed)
        {
            return;
        }

        if (group is null)
        {
            BeginAnew();
            _offsets.Clear();
            return;
        }

        LookAtOffsets(group);
        var epoch = group.Consumer?.Epoch ?? group.Classic.Logged?.Generation ?? 0;
        if (epoch == 0)
        {
            BeginAnew();
        }

        if (epoch < _epoch)
        {
            world.Fault(Checks.Epochs, $"{groupId} went back from {_epoch} to {epoch}");
        }

        _epoch = epoch;
        if (group.Consumer is { } consumer)
        {
            LookAtMembers(consumer);
        }

        LookAtReaders(group);
    }

    /// <summary>How many members the log knows while the group is a classic one: one without any may be taken back as a whole.</summary>
    public int ClassicMembers { get; set; }

    /// <summary>The log has taken back all that it said of the group but its offsets: whoever comes begins to count anew.</summary>
    public void BeginAnew()
    {
        _epoch = 0;
        _memberEpochs.Clear();
    }

    /// <summary>All has been left alone for long: somebody reads each partition, and the group is at rest.</summary>
    public void Close()
    {
        if (Find(out var isServed) is not { } group)
        {
            world.Fault(Checks.Settling, isServed ? $"{groupId} is not there" : $"nobody coordinates {groupId}");
            return;
        }

        var wanted = members.SelectMany(member => Subscribed(group, member)).Distinct().Order(StringComparer.Ordinal).ToList();
        var read = members.SelectMany(static member => member.Owned.ToPairs().SelectMany(static pair => pair.Partitions.Select(partition => (pair.Topic, partition))))
            .Where(one => world.Topics.Current.Find(one.Topic) is not null).Select(one => $"{world.Topics.NameOf(one.Topic)}-{one.partition}").Order(StringComparer.Ordinal).ToList();
        if (group.State != nameof(ConsumerGroupState.Stable) || !wanted.SequenceEqual(read, StringComparer.Ordinal))
        {
            world.Fault(
                Checks.Settling,
                $"{groupId} is {group.State}, its members read {string.Join(' ', read)} of {string.Join(' ', wanted)}: {string.Join("; ", members.Select(member => $"{member} is {member.MemberId} in {member.Epoch}, has {member.Owned}"))}");
        }
    }

    private void LookAtOffsets(Group group)
    {
        foreach (var (topic, partitions) in group.Offsets.Topics)
        {
            foreach (var (partition, offset) in partitions)
            {
                var key = new TopicPartition(topic, partition);
                if (_offsets.TryGetValue(key, out var before) && offset.Offset < before)
                {
                    world.Fault(Checks.Offsets, $"{groupId} had committed {before} of {key}, and has {offset.Offset}");
                }

                _offsets[key] = offset.Offset;
            }
        }
    }

    private void LookAtMembers(ConsumerGroup group)
    {
        var held = PartitionSet.Empty;
        foreach (var member in group.Members)
        {
            var epoch = member.Current.Epoch;
            if (epoch >= 0)
            {
                if (epoch < _memberEpochs.GetValueOrDefault(member.Id) || epoch > group.AssignmentEpoch || group.AssignmentEpoch > group.Epoch)
                {
                    world.Fault(Checks.Epochs, $"{member.Id} of {groupId} went from {_memberEpochs.GetValueOrDefault(member.Id)} to {epoch}, with the assignment in {group.AssignmentEpoch} and the group in {group.Epoch}");
                }

                _memberEpochs[member.Id] = epoch;
            }

            var own = member.Current.Assigned.Union(member.Current.PendingRevocation);
            if (held.Overlaps(own))
            {
                world.Fault(Checks.Owners, $"{groupId} has given to {member.Id} what another holds");
            }

            held = held.Union(own);
        }
    }

    /// <summary>Clients that the group knows as they know themselves read nothing that another such client reads.</summary>
    private void LookAtReaders(Group group)
    {
        var all = PartitionSet.Empty;
        foreach (var member in members)
        {
            if (!IsKnown(group, member))
            {
                continue;
            }

            if (all.Overlaps(member.Owned))
            {
                world.Fault(Checks.Owners, $"{member} reads in {groupId} what another reads: {string.Join("; ", members.Where(one => IsKnown(group, one)).Select(one => $"{one} {one.Owned}"))}");
            }

            all = all.Union(member.Owned);
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
            names.UnionWith(new SubscriptionView(world.Topics.Current, consumer.Regexes).Matched(known.Metadata));
        }
        else if (group.Classic.TryGetMember(member.MemberId, out var classic))
        {
            ConsumerSubscription.TryReadTopics(classic.MetadataFor(group.Classic.Protocol), names);
        }

        return names.Select(world.Topics.Current.Find).OfType<Coordination.Topics.TopicDescription>()
            .SelectMany(static topic => Enumerable.Range(0, topic.PartitionCount).Select(partition => $"{topic.Name}-{partition}"));
    }
}
