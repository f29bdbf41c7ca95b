using Spate.Metadata.Control;
using Spate.Metadata.Images;
using Spate.Protocol.Messages;

namespace Spate.Metadata.Tests.Control;

/// <summary>Requests about topics, and the images that come of them.</summary>
internal static class Topics
{
    public static ControllerSettings Settings(params int[] nodes) => new()
    {
        Nodes = nodes.Length == 0 ? [1] : nodes,
        DefaultPartitions = 4,
        DefaultReplicationFactor = 1,
        TopicConfigFault = static (name, value) => name == "good" && value is not null ? null : $"'{name}' is no good.",
    };

    public static CreateTopicsRequest.CreatableTopic Topic(string name, int partitions = 1, short replicas = 1, params (string Name, string? Value)[] configs) => new()
    {
        Name = name,
        NumPartitions = partitions,
        ReplicationFactor = replicas,
        Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Name, Value = config.Value })],
    };

    public static CreateTopicsRequest.CreatableTopic Assigned(string name, params (int Partition, int[] Nodes)[] assignments) => new()
    {
        Name = name,
        NumPartitions = -1,
        ReplicationFactor = -1,
        Assignments = [.. assignments.Select(each => new CreateTopicsRequest.CreatableReplicaAssignment { PartitionIndex = each.Partition, BrokerIds = [.. each.Nodes] })],
    };

    public static CreateTopicsRequest Create(params CreateTopicsRequest.CreatableTopic[] topics) => new() { Topics = [.. topics] };

    public static ClusterImage Image(params string[] names)
    {
        var decision = new TopicCreation(Settings(), new Random(7)).Decide(ClusterImage.Empty, Create([.. names.Select(name => Topic(name, 2))]));
        return decision.Records.Aggregate(ClusterImage.Empty, (image, record) => image.Apply(record));
    }
}
