using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>What fake brokers tell of themselves: nodes, topics, leaders, changed by the test as it goes.</summary>
internal sealed class FakeCluster
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, FakeBroker> _nodes = [];
    private readonly Dictionary<string, (Uuid Id, ErrorCode Error, List<(int Leader, int Epoch)> Partitions)> _topics = new(StringComparer.Ordinal);

    /// <summary>How often the cluster was asked, and for which topics.</summary>
    public List<string[]> Asked { get; } = [];

    public FakeBroker Add(int nodeId, FakeBroker broker, short highest = 12)
    {
        lock (_gate)
        {
            _nodes[nodeId] = broker;
        }

        return broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 1, highest, (request, _) => Describe(request));
    }

    public void Remove(int nodeId)
    {
        lock (_gate)
        {
            _nodes.Remove(nodeId);
        }
    }

    public void SetTopic(string name, params (int Leader, int Epoch)[] partitions)
    {
        lock (_gate)
        {
            _topics[name] = (new Uuid(7, (ulong)name.Length + 1), ErrorCode.None, [.. partitions]);
        }
    }

    public void SetTopicError(string name, ErrorCode error)
    {
        lock (_gate)
        {
            _topics[name] = (default, error, []);
        }
    }

    private MetadataResponse Describe(MetadataRequest request)
    {
        lock (_gate)
        {
            var response = new MetadataResponse { ClusterId = "fake", ControllerId = _nodes.Keys.FirstOrDefault(-1) };
            response.Brokers.AddRange(_nodes.Select(pair => new MetadataResponse.MetadataResponseBroker { NodeId = pair.Key, Host = "127.0.0.1", Port = pair.Value.Port }));
            var names = request.Topics?.Select(topic => topic.Name ?? _topics.First(known => known.Value.Id == topic.TopicId).Key).ToArray() ?? [.. _topics.Keys];
            Asked.Add(names);
            foreach (var name in names)
            {
                var topic = _topics.TryGetValue(name, out var found) ? found : (default, ErrorCode.UnknownTopicOrPartition, []);
                response.Topics.Add(new MetadataResponse.MetadataResponseTopic
                {
                    Name = name,
                    TopicId = topic.Id,
                    ErrorCode = topic.Error,
                    Partitions = [.. topic.Partitions.Select((partition, index) => new MetadataResponse.MetadataResponsePartition
                    {
                        PartitionIndex = index, LeaderId = partition.Leader, LeaderEpoch = partition.Epoch, ReplicaNodes = [1], IsrNodes = [1],
                    })],
                });
            }

            return response;
        }
    }
}
