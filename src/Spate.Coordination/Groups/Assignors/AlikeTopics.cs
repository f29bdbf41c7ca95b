namespace Spate.Coordination.Groups.Assignors;

/// <summary>Topics with the same number of partitions and the same subscribers.</summary>
/// <param name="subscribers">Places of the members in the question, ascending.</param>
internal sealed class AlikeTopics(int[] subscribers)
{
    public int[] Subscribers { get; } = subscribers;

    /// <summary>Places of the topics in the question, ascending.</summary>
    public List<int> Topics { get; } = [];
}
