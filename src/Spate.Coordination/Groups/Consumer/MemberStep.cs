using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// Carries what one member has said through its group: the member is written down as it is now; the group's epoch rises when something has
/// changed that assignments depend on; a target assignment is made for a new epoch; and the member goes a step towards it. Nothing is
/// changed here: what comes out are records.
/// </summary>
internal sealed class MemberStep(GroupShard shard, ITopicCatalog catalog, TargetAssignment target, RegexResolution regexes)
{
    /// <param name="group">The group as the log has it; an empty one when it is not there yet.</param>
    /// <param name="entry">The member before.</param>
    /// <param name="metadata">What it says of itself now.</param>
    /// <param name="owned">What it says that it has; null when it does not say.</param>
    /// <param name="records">What there is to write so far; more is added.</param>
    public MemberStepResult Take(ConsumerGroup group, MemberEntry entry, MemberMetadata metadata, PartitionSet? owned, List<CoordinatorRecord> records)
    {
        var before = entry.Member;
        var draft = before with { Metadata = metadata };
        if (entry.Replaced is { } replaced)
        {
            Replace(group, replaced, before, records);
        }

        if (metadata != before.Metadata)
        {
            records.Add(ConsumerGroupRecords.Member(group.Id, draft.Id, metadata));
        }

        var topics = catalog.Current;
        var isStale = !ReferenceEquals(group.CheckedTopics, topics);
        var regexChange = regexes.Look(group, entry, draft, topics, isStale, records);
        var subscriptionChanged = !metadata.Topics.Equals(before.Metadata.Topics) || (metadata.Regex ?? "") != (before.Metadata.Regex ?? "");
        var view = new SubscriptionView(topics, regexChange.Resolved);
        var epoch = group.Epoch;
        if (epoch == 0 || subscriptionChanged || regexChange.HasChanged || isStale)
        {
            var hash = TopicHash.Of(view.Subscribed(Roster(group, entry, draft)));
            if (epoch == 0 || subscriptionChanged || regexChange.HasChanged || hash != group.MetadataHash)
            {
                epoch++;
                records.Add(ConsumerGroupRecords.Group(group.Id, epoch, hash));
                AddTopicsTombstone(group, records);
            }
        }

        var targetOfMember = epoch > group.AssignmentEpoch
            ? MakeTarget(group, entry, draft, epoch, view, records)
            : group.TargetOf((entry.Replaced ?? before).Id);
        var targetEpoch = Math.Max(epoch, group.AssignmentEpoch);
        var current = subscriptionChanged || !before.Current.HasReached(targetEpoch)
            ? new Reconciliation(draft, owned, topic => view.IsSubscribed(metadata, topic), group.Owners).Next(targetEpoch, targetOfMember, subscriptionChanged)
            : before.Current;
        if (current != before.Current)
        {
            records.Add(ConsumerGroupRecords.Current(group.Id, draft.Id, current));
        }

        return new MemberStepResult(draft with { Current = current }, topics, epoch > group.Epoch, current != before.Current);
    }

    private static void Replace(ConsumerGroup group, ConsumerMember former, ConsumerMember replacement, List<CoordinatorRecord> records)
    {
        records.Add(ConsumerGroupRecords.CurrentTombstone(group.Id, former.Id));
        records.Add(ConsumerGroupRecords.TargetTombstone(group.Id, former.Id));
        records.Add(ConsumerGroupRecords.MemberTombstone(group.Id, former.Id));
        records.Add(ConsumerGroupRecords.Member(group.Id, replacement.Id, replacement.Metadata));
        records.Add(ConsumerGroupRecords.Target(group.Id, replacement.Id, group.TargetOf(former.Id)));
        records.Add(ConsumerGroupRecords.Current(group.Id, replacement.Id, replacement.Current));
    }

    /// <summary>The members as they will be.</summary>
    private static List<ConsumerMember> Roster(ConsumerGroup group, MemberEntry entry, ConsumerMember draft)
    {
        var roster = new List<ConsumerMember>(group.Members.Count + 1);
        foreach (var member in group.Members)
        {
            if (member.Id != draft.Id && member.Id != entry.Replaced?.Id)
            {
                roster.Add(member);
            }
        }

        roster.Add(draft);
        return roster;
    }

    /// <summary>What groups of Kafka 4.0 kept of topics is not kept up to date any more, so it must not stay.</summary>
    private static void AddTopicsTombstone(ConsumerGroup group, List<CoordinatorRecord> records)
    {
        if (group.HasPartitionMetadata)
        {
            records.Add(ConsumerGroupRecords.PartitionMetadataTombstone(group.Id));
        }
    }

    private PartitionSet MakeTarget(
        ConsumerGroup group, MemberEntry entry, ConsumerMember draft, int epoch, SubscriptionView view, List<CoordinatorRecord> records)
    {
        var targets = target.Make(Roster(group, entry, draft), TargetBefore, view);
        foreach (var (memberId, partitions) in targets)
        {
            var before = memberId == draft.Id ? TargetBefore(draft) : group.TargetOf(memberId);
            if (!partitions.Equals(before))
            {
                records.Add(ConsumerGroupRecords.Target(group.Id, memberId, partitions));
            }
        }

        records.Add(ConsumerGroupRecords.TargetEpoch(group.Id, epoch));
        shard.Figures.ConsumerRebalanced();
        return targets[draft.Id];

        PartitionSet TargetBefore(ConsumerMember member) => group.TargetOf(member.Id == draft.Id ? (entry.Replaced ?? draft).Id : member.Id);
    }
}
