using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Coordination.Tests.Harness;

/// <summary>Topics that tests create, widen and delete.</summary>
internal sealed class TestTopics : ITopicCatalog, IPartitionEnds
{
    private readonly Random _random = new(7);
    private View _current = new([], 1);

    public ITopicView Current => _current;

    /// <summary>Creates a topic, or gives one that is there more partitions.</summary>
    public Uuid Set(string name, int partitions, string[][]? racks = null)
    {
        var id = _current.Find(name)?.Id ?? Uuid.NewRandom(_random);
        _current = new View([.. _current.All.Where(topic => topic.Name != name), new TopicDescription(id, name, partitions, racks) { IsInternal = name.StartsWith("__", StringComparison.Ordinal) }], _current.Version + 1);
        return id;
    }

    public void Delete(string name) => _current = new View([.. _current.All.Where(topic => topic.Name != name)], _current.Version + 1);

    /// <summary>How far the partitions reach.</summary>
    public Dictionary<(string Topic, int Partition), long> Ends { get; } = [];

    public ValueTask<long?> FindAsync(string topic, int partition) => ValueTask.FromResult<long?>(Ends.TryGetValue((topic, partition), out var end) ? end : null);

    public Uuid IdOf(string name) => _current.Find(name)!.Id;

    public string NameOf(Uuid id) => _current.Find(id)?.Name ?? id.ToString();

    private sealed class View(IReadOnlyList<TopicDescription> topics, long version) : ITopicView
    {
        private readonly Dictionary<string, TopicDescription> _byName = topics.ToDictionary(topic => topic.Name, StringComparer.Ordinal);
        private readonly Dictionary<Uuid, TopicDescription> _byId = topics.ToDictionary(topic => topic.Id);

        public IReadOnlyList<TopicDescription> All => topics;

        public long Version => version;

        public IEnumerable<string> Names => _byName.Keys;

        public TopicDescription? Find(string name) => _byName.GetValueOrDefault(name);

        public TopicDescription? Find(Uuid id) => _byId.GetValueOrDefault(id);
    }
}
