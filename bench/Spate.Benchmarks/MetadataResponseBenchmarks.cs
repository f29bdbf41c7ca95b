using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Benchmarks;

/// <summary>A Metadata response: three brokers, one topic of 100 partitions with three replicas each, all of them in sync.</summary>
public class MetadataResponseBenchmarks : MessageBenchmarks<MetadataResponse>
{
    private const int Brokers = 3;
    private const int Partitions = 100;

    public MetadataResponseBenchmarks()
        : base(Sample(), MetadataResponse.HighestVersion)
    {
    }

    private static MetadataResponse Sample() => new()
    {
        ClusterId = "5L6g3nShT-eMCtK--X86sw",
        ControllerId = 1,
        Brokers = [.. Enumerable.Range(1, Brokers).Select(id => new MetadataResponse.MetadataResponseBroker
        {
            NodeId = id,
            Host = $"broker-{id}.example.org",
            Port = 9092,
            Rack = $"rack-{id}",
        })],
        Topics =
        [
            new()
            {
                Name = "orders",
                TopicId = new Uuid(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF),
                Partitions = [.. Enumerable.Range(0, Partitions).Select(index => new MetadataResponse.MetadataResponsePartition
                {
                    PartitionIndex = index,
                    LeaderId = 1 + (index % Brokers),
                    LeaderEpoch = 7,
                    ReplicaNodes = [1, 2, 3],
                    IsrNodes = [1, 2, 3],
                })],
            },
        ],
    };
}
