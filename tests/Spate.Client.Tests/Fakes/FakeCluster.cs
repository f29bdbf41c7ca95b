using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Fakes;

/// <summary>What fake brokers tell of themselves: nodes, topics, leaders, changed by the test as it goes.</summary>
internal sealed class FakeCluster
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, FakeBroker> _nodes = [];
    private readonly List<(int NodeId, int Port)> _elsewhere = [];
    private readonly Dictionary<string, (Uuid Id, ErrorCode Error, List<(int Leader, int Epoch)> Partitions)> _topics = new(StringComparer.Ordinal);

    /// <summary>How often the cluster was asked, and for which topics.</summary>
    public List<string[]> Asked { get; } = [];

    /// <summary>Topics that are asked for by their ids are not known yet.</summary>
    public bool HidesIds { get; set; }

    public FakeBroker Add(int nodeId, FakeBroker broker, short highest = 12)
    {
        lock (_gate)
        {
            _nodes[nodeId] = broker;
        }

        return broker.On<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 1, highest, (request, _) => Describe(request));
    }

    /// <summary>Names a node that is none of the fakes.</summary>
    public void AddElsewhere(int nodeId, int port)
    {
        lock (_gate)
        {
            _elsewhere.Add((nodeId, port));
        }
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

    /// <summary>Another topic takes the name.</summary>
    public void SetTopicId(string name, Uuid id)
    {
        lock (_gate)
        {
            _topics[name] = _topics[name] with { Id = id };
        }
    }

    /// <summary>The name of a topic, however it was asked for.</summary>
    public string? NameOf(string name, Uuid id)
    {
        lock (_gate)
        {
            return name.Length > 0 ? name : _topics.FirstOrDefault(topic => topic.Value.Id == id).Key;
        }
    }

    public Uuid IdOf(string name)
    {
        lock (_gate)
        {
            return _topics[name].Id;
        }
    }

    public (int Leader, int Epoch) LeaderOf(TopicPartition name)
    {
        lock (_gate)
        {
            return _topics[name.Topic].Partitions[name.Partition];
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
            if (HidesIds && request.Topics is [{ Name: null }, ..])
            {
                response.Topics.AddRange(request.Topics.Select(static topic => new MetadataResponse.MetadataResponseTopic { TopicId = topic.TopicId, ErrorCode = ErrorCode.UnknownTopicId }));
                return response;
            }

            response.Brokers.AddRange(_nodes.Select(pair => new MetadataResponse.MetadataResponseBroker { NodeId = pair.Key, Host = "127.0.0.1", Port = pair.Value.Port }));
            response.Brokers.AddRange(_elsewhere.Select(static node => new MetadataResponse.MetadataResponseBroker { NodeId = node.NodeId, Host = "127.0.0.1", Port = node.Port }));
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
