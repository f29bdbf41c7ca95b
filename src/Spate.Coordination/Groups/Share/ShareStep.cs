using Spate.Coordination.Groups.Assignors;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// Carries what one member has said through its group: the member is written down as it is now; partitions that are newly subscribed to begin to be initialized; the
/// group's epoch rises when something has changed that assignments depend on; a target assignment is made for a new epoch, of partitions whose state is there; and the
/// member goes there. Nothing is changed here: what comes out are records.
/// </summary>
internal sealed class ShareStep(GroupShard shard, ITopicCatalog catalog)
{
    /// <param name="group">The group as the log has it; an empty one when it is not there yet.</param>
    /// <param name="before">The member before.</param>
    /// <param name="metadata">What it says of itself now.</param>
    /// <param name="records">What there is to write so far; more is added.</param>
    public ShareStepResult Take(ShareGroup group, ShareMember before, ShareMemberMetadata metadata, List<CoordinatorRecord> records)
    {
        var draft = before with { Metadata = metadata };
        if (metadata != before.Metadata)
        {
            records.Add(ShareGroupRecords.Member(group.Id, draft.Id, metadata));
        }

        var topics = catalog.Current;
        var hasChanged = group.Epoch == 0 || !metadata.Topics.Equals(before.Metadata.Topics);
        var looks = hasChanged || !ReferenceEquals(group.CheckedTopics, topics) || !ReferenceEquals(group.CheckedLedger, group.Ledger);
        var epoch = looks ? Raise(group, Subscriptions(group, draft, topics), hasChanged, topics, records) : group.Epoch;
        var target = epoch > group.AssignmentEpoch ? MakeTarget(group, draft, epoch, topics, records) : group.TargetOf(draft.Id);
        var targetEpoch = Math.Max(epoch, group.AssignmentEpoch);
        var current = before.Current.Epoch == targetEpoch ? before.Current : before.Current.In(targetEpoch, target);
        if (!ReferenceEquals(current, before.Current))
        {
            records.Add(ShareGroupRecords.Current(group.Id, draft.Id, current));
        }

        return new ShareStepResult(draft with { Current = current }, topics, epoch > group.Epoch, looks);
    }

    /// <summary>The topics that any of these members subscribes to and that are there, ascending by id.</summary>
    public static List<TopicDescription> Subscribed(IEnumerable<ShareMember> members, ITopicView topics) =>
    [
        .. members.Select(member => member.Metadata.Topics).Distinct().SelectMany(names => names).Distinct(StringComparer.Ordinal)
            .Select(topics.Find).OfType<TopicDescription>().OrderBy(topic => topic.Id),
    ];

    private static List<TopicDescription> Subscriptions(ShareGroup group, ShareMember draft, ITopicView topics) => Subscribed(Roster(group, draft), topics);

    /// <summary>The members as they will be.</summary>
    private static IEnumerable<ShareMember> Roster(ShareGroup group, ShareMember draft) => group.Members.Where(member => member.Id != draft.Id).Append(draft);

    /// <summary>The epoch that the group goes to, with what there is to initialize.</summary>
    private static int Raise(ShareGroup group, List<TopicDescription> subscribed, bool hasChanged, ITopicView topics, List<CoordinatorRecord> records)
    {
        var epoch = group.Epoch;
        var hash = TopicHash.Of(subscribed);
        if (hasChanged || hash != group.MetadataHash || HasUnassigned(group, subscribed))
        {
            epoch++;
            records.Add(ShareGroupRecords.Group(group.Id, epoch, hash));
        }

        var missing = group.Ledger.Missing(subscribed);
        if (!missing.IsEmpty)
        {
            records.Add(ShareGroupRecords.Ledger(group.Id, group.Ledger.Begin(missing, topics)));
        }

        return epoch;
    }

    /// <summary>Whether partitions wait for a member: their state has come to be there since the target was made.</summary>
    private static bool HasUnassigned(ShareGroup group, List<TopicDescription> subscribed)
    {
        var assigned = PartitionSet.Of(group.Targets.Values.SelectMany(target => target.ToPairs()));
        var ids = subscribed.Select(topic => topic.Id).ToHashSet();
        return !group.Ledger.Initialized.Where((topic, _) => ids.Contains(topic)).Except(assigned).IsEmpty;
    }

    private PartitionSet MakeTarget(ShareGroup group, ShareMember draft, int epoch, ITopicView topics, List<CoordinatorRecord> records)
    {
        ShareMember[] members = [.. Roster(group, draft).OrderBy(member => member.Id, StringComparer.Ordinal)];
        var subscribed = Subscribed(members, topics).ToDictionary(topic => topic.Id);
        var partitions = group.Ledger.Initialized.Where((topic, partition) => subscribed.TryGetValue(topic, out var known) && partition < known.PartitionCount);
        var names = partitions.Topics.ToArray().Select(topic => subscribed[topic].Name).ToList();
        var places = new Dictionary<TopicNames, int[]>();
        var answer = SimpleAssignor.Assign(partitions, [.. members.Select(member => new AssignmentMember(member.Metadata.RackId, PlacesOf(member.Metadata.Topics), group.TargetOf(member.Id)))]);
        var mine = PartitionSet.Empty;
        for (var index = 0; index < members.Length; index++)
        {
            if (!answer[index].Equals(group.TargetOf(members[index].Id)))
            {
                records.Add(ShareGroupRecords.Target(group.Id, members[index].Id, answer[index]));
            }

            mine = members[index].Id == draft.Id ? answer[index] : mine;
        }

        records.Add(ShareGroupRecords.TargetEpoch(group.Id, epoch));
        shard.Figures.ShareRebalanced();
        return mine;

        int[] PlacesOf(TopicNames read)
        {
            if (!places.TryGetValue(read, out var those))
            {
                those = [.. Enumerable.Range(0, names.Count).Where(place => read.Contains(names[place]))];
                places.Add(read, those);
            }

            return those;
        }
    }
}
