using System.Collections.Immutable;
using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Coordination.Groups.Share;

/// <summary>
/// Which partitions a share group has delivery state for, wherever it is kept: those for which it is being initialized, those for which it is there, and the topics
/// of which it is to be deleted. What is written down here comes before what is asked of the keeper, so that nothing is begun there that is forgotten here. Immutable.
/// </summary>
internal sealed record ShareLedger
{
    public static ShareLedger Empty { get; } = new();

    /// <summary>Partitions whose state may be there or not: it has been asked for, or is being deleted.</summary>
    public PartitionSet Initializing { get; init; } = PartitionSet.Empty;

    /// <summary>Partitions whose state is there. Only these may be assigned.</summary>
    public PartitionSet Initialized { get; init; } = PartitionSet.Empty;

    /// <summary>Topics whose state is to go; none of their partitions is initialized.</summary>
    public ImmutableSortedSet<Uuid> Deleting { get; init; } = [];

    /// <summary>What the topics are called, of all that are named here.</summary>
    public ImmutableSortedDictionary<Uuid, string> Names { get; init; } = ImmutableSortedDictionary<Uuid, string>.Empty;

    public bool IsEmpty => Initializing.IsEmpty && Initialized.IsEmpty && Deleting.IsEmpty;

    /// <summary>The topics that there is or may be any state of.</summary>
    public IEnumerable<Uuid> Topics => Names.Keys;

    /// <summary>What of these topics has no state yet and is to get it. A topic whose state is still being deleted waits until it is gone.</summary>
    public PartitionSet Missing(IEnumerable<TopicDescription> topics) => PartitionSet.Of(topics
        .Where(topic => !Deleting.Contains(topic.Id))
        .Select(topic => (topic.Id, Enumerable.Range(0, topic.PartitionCount).Where(partition => !Knows(topic.Id, partition)))));

    /// <summary>Partitions begin to be initialized.</summary>
    public ShareLedger Begin(PartitionSet partitions, ITopicView topics) => this with
    {
        Initializing = Initializing.Union(partitions.Except(Initialized)),
        Names = Names.SetItems(partitions.Topics.ToArray().Select(topic => KeyValuePair.Create(topic, NameOf(topic, topics)))),
    };

    /// <summary>The state of partitions is there. Those that are not being initialized any more are passed over.</summary>
    public ShareLedger Complete(PartitionSet partitions)
    {
        var done = Initializing.Where((topic, partition) => !Deleting.Contains(topic) && partitions.Contains(topic, partition));
        return this with { Initializing = Initializing.Except(done), Initialized = Initialized.Union(done) };
    }

    /// <summary>The state of topics is to go.</summary>
    public ShareLedger Doom(IReadOnlyCollection<Uuid> topics)
    {
        var doomed = Initialized.Where((topic, _) => topics.Contains(topic));
        return this with
        {
            Initialized = Initialized.Except(doomed),
            Initializing = Initializing.Union(doomed),
            Deleting = Deleting.Union(topics.Where(Names.ContainsKey)),
        };
    }

    /// <summary>The state of topics is gone.</summary>
    public ShareLedger Forget(IReadOnlyCollection<Uuid> topics) => this with
    {
        Initializing = Initializing.Where((topic, _) => !topics.Contains(topic)),
        Initialized = Initialized.Where((topic, _) => !topics.Contains(topic)),
        Deleting = Deleting.Except(topics),
        Names = Names.RemoveRange(topics),
    };

    private bool Knows(Uuid topic, int partition) => Initialized.Contains(topic, partition) || Initializing.Contains(topic, partition);

    private string NameOf(Uuid topic, ITopicView topics) => topics.Find(topic)?.Name ?? Names.GetValueOrDefault(topic, "");
}
