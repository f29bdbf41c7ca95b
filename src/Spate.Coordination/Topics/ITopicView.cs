using Spate.Protocol;

namespace Spate.Coordination.Topics;

/// <summary>The topics of a cluster at one moment. Never changes; safe for use by several threads at once.</summary>
public interface ITopicView
{
    /// <summary>How far the decisions about topics had been followed: a later view has a greater number.</summary>
    long Version { get; }

    /// <summary>The names of all topics, in no particular order.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>The topic of a name, or null.</summary>
    TopicDescription? Find(string name);

    /// <summary>The topic of an id, or null.</summary>
    TopicDescription? Find(Uuid id);
}
