using Spate.Protocol;

namespace Spate.Coordination.Topics;

/// <summary>A cluster without topics: what a coordinator sees that nobody has told of any.</summary>
internal sealed class NoTopics : ITopicCatalog, ITopicView
{
    private NoTopics()
    {
    }

    public static NoTopics Instance { get; } = new();

    public ITopicView Current => this;

    public long Version => 0;

    public IEnumerable<string> Names => [];

    public TopicDescription? Find(string name) => null;

    public TopicDescription? Find(Uuid id) => null;
}
