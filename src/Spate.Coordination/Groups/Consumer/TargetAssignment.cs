using Spate.Coordination.Groups.Assignors;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Makes the target assignment of a group, as it will be, and says what of it is new.</summary>
internal sealed class TargetAssignment
{
    private readonly IReadOnlyList<IPartitionAssignor> _assignors;

    /// <param name="names">The assignors that may be used, the usual one first.</param>
    public TargetAssignment(IReadOnlyList<string> names)
    {
        IPartitionAssignor[] known = [new UniformAssignor(), new RangeAssignor()];
        _assignors =
        [
            .. names.Select(name => Array.Find(known, assignor => assignor.Name == name)
                ?? throw new ArgumentException($"There is no assignor '{name}'; there are {string.Join(" and ", known.Select(each => each.Name))}.", nameof(names))),
        ];
    }

    public IEnumerable<string> Names => _assignors.Select(assignor => assignor.Name);

    /// <summary>The assignor that most members ask for, the usual one when none does.</summary>
    public IPartitionAssignor Preferred(IEnumerable<ConsumerMember> members)
    {
        var votes = new int[_assignors.Count];
        foreach (var member in members)
        {
            for (var index = 0; index < votes.Length; index++)
            {
                votes[index] += member.Metadata.ServerAssignor == _assignors[index].Name ? 1 : 0;
            }
        }

        return _assignors[Array.IndexOf(votes, votes.Max())];
    }

    /// <summary>The target of each member.</summary>
    /// <param name="members">The members as they will be.</param>
    /// <param name="targetOf">What each is to have so far.</param>
    /// <param name="view">What they subscribe to.</param>
    public Dictionary<string, PartitionSet> Make(
        IReadOnlyCollection<ConsumerMember> members, Func<ConsumerMember, PartitionSet> targetOf, SubscriptionView view)
    {
        // A static member keeps its place in the order when it comes back under another id.
        ConsumerMember[] ordered =
        [
            .. members.OrderBy(member => member.Metadata.InstanceId is null)
                .ThenBy(member => member.Metadata.InstanceId ?? member.Id, StringComparer.Ordinal),
        ];
        var topics = view.Subscribed(ordered);
        var indexes = new Dictionary<string, int>(topics.Count, StringComparer.Ordinal);
        for (var index = 0; index < topics.Count; index++)
        {
            indexes.Add(topics[index].Name, index);
        }

        var known = new Dictionary<(TopicNames, TopicNames), int[]>();
        var question = new AssignmentQuestion(topics, [.. ordered.Select(member => new AssignmentMember(member.Metadata.RackId, TopicsOf(member.Metadata), targetOf(member)))]);
        var answer = Preferred(ordered).Assign(question);
        var targets = new Dictionary<string, PartitionSet>(ordered.Length, StringComparer.Ordinal);
        for (var index = 0; index < ordered.Length; index++)
        {
            targets.Add(ordered[index].Id, answer[index]);
        }

        return targets;

        int[] TopicsOf(MemberMetadata member)
        {
            var key = (member.Topics, view.Matched(member));
            if (!known.TryGetValue(key, out var places))
            {
                places = [.. key.Item1.Concat(key.Item2).Where(indexes.ContainsKey).Select(name => indexes[name]).Distinct().Order()];
                known.Add(key, places);
            }

            return places;
        }
    }
}
