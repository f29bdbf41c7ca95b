using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams.Topologies;

/// <summary>A topic that belongs to the application, as its topology asks for it.</summary>
/// <param name="Name">The name.</param>
/// <param name="Partitions">How many partitions the application wants; 0 when they follow from the topics that feed it.</param>
/// <param name="ReplicationFactor">How many replicas; 0 for as many as is usual.</param>
/// <param name="Configs">What is set for the topic.</param>
internal sealed record InternalTopicSpec(string Name, int Partitions, short ReplicationFactor, IReadOnlyList<(string Key, string Value)> Configs)
{
    public static InternalTopicSpec Read(StreamsGroupTopologyValue.TopicInfo topic) =>
        new(topic.Name, topic.Partitions, topic.ReplicationFactor, topic.TopicConfigs.ConvertAll(config => (config.Key, config.Value)));

    /// <summary>What is asked of the cluster when the topic is not there.</summary>
    public CreateTopicsRequest.CreatableTopic ToCreatable(int partitions) => new()
    {
        Name = Name,
        NumPartitions = partitions,
        ReplicationFactor = ReplicationFactor == 0 ? (short)-1 : ReplicationFactor,
        Configs = [.. Configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
    };
}
