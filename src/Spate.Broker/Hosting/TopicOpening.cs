using Spate.Broker.Configuration;
using Spate.Metadata.Images;
using Spate.Protocol;
using Spate.Storage;

namespace Spate.Broker.Hosting;

/// <summary>Partitions of a topic that begin to be served.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="Partitions">Those of its partitions.</param>
/// <param name="Config">The topic's settings.</param>
internal sealed record TopicOpening(TopicImage Topic, IReadOnlyList<PartitionImage> Partitions, TopicSettings Config)
{
    /// <summary>The same for all of their logs.</summary>
    public LogConfig LogConfig { get; } = Config.ToLogConfig();

    public IEnumerable<(TopicPartition Name, Uuid TopicId)> Names => Partitions.Select(partition => (new TopicPartition(Topic.Name, partition.Index), Topic.Id));
}
