using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>What members subscribe to, by name or by regular expression, among the topics that there are.</summary>
/// <param name="topics">The topics that there are.</param>
/// <param name="regexes">What regular expressions have come to. One that is not here matches nothing yet.</param>
internal sealed class SubscriptionView(ITopicView topics, IReadOnlyDictionary<string, ResolvedRegex> regexes)
{
    public ITopicView Topics { get; } = topics;

    /// <summary>Whether a member subscribes to the topic of an id. Nobody does to one that is gone.</summary>
    public bool IsSubscribed(MemberMetadata member, Uuid topicId) =>
        Topics.Find(topicId) is { } topic && (member.Topics.Contains(topic.Name) || Matched(member).Contains(topic.Name));

    /// <summary>The topics that any of these members subscribes to and that are there, ascending by id.</summary>
    public List<TopicDescription> Subscribed(IEnumerable<ConsumerMember> members)
    {
        var seen = new HashSet<TopicNames>();
        var found = new Dictionary<Uuid, TopicDescription>();
        foreach (var member in members)
        {
            Add(member.Metadata.Topics);
            Add(Matched(member.Metadata));
        }

        return [.. found.Values.OrderBy(topic => topic.Id)];

        void Add(TopicNames names)
        {
            if (!seen.Add(names))
            {
                return;
            }

            foreach (var name in names)
            {
                if (Topics.Find(name) is { } topic)
                {
                    found[topic.Id] = topic;
                }
            }
        }
    }

    /// <summary>What the member's regular expression has come to.</summary>
    public TopicNames Matched(MemberMetadata member) =>
        member.HasRegex && regexes.TryGetValue(member.Regex!, out var resolved) ? resolved.Topics : TopicNames.None;
}
