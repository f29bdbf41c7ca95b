namespace Spate.Coordination.Topics;

/// <summary>Where groups learn which topics there are. Asked from the loops of all shards at once.</summary>
public interface ITopicCatalog
{
    /// <summary>
    /// The topics as of now. The same object for as long as nothing about topics has changed: a group that has seen it need not look again.
    /// </summary>
    ITopicView Current { get; }
}
