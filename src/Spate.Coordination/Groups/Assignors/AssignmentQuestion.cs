using Spate.Coordination.Topics;

namespace Spate.Coordination.Groups.Assignors;

/// <summary>What an assignor is asked.</summary>
/// <param name="Topics">The topics that anybody subscribes to and that exist, ascending by id.</param>
/// <param name="Members">The members, in an order that does not depend on when they came.</param>
internal sealed record AssignmentQuestion(IReadOnlyList<TopicDescription> Topics, IReadOnlyList<AssignmentMember> Members)
{
    /// <summary>Whether all members subscribe to the same, which makes the matter much simpler.</summary>
    public bool IsHomogeneous => Members.All(member => member.Topics.Length == Topics.Count);

    /// <summary>Whether it is known both of members and of replicas where they stand.</summary>
    public bool KnowsRacks => Members.Any(member => member.Rack is not null) && Topics.Any(topic => topic.HasRacks);
}
