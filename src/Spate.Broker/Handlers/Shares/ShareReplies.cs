using Spate.Broker.Cluster;
using Spate.Broker.Partitions;
using Spate.Broker.Requests;
using Spate.Broker.Shares.Fetching;
using Spate.Broker.Shares.Sessions;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Broker.Handlers.Shares;

/// <summary>Makes the replies to members of share groups, and tells those who asked the wrong node where the leader is (KIP-951).</summary>
internal sealed class ShareReplies(ClusterView cluster, PartitionTable table, RequestContext context)
{
    /// <summary>What was fetched, and what became of acknowledgements.</summary>
    /// <param name="pass">What was fetched; its records belong to the reply.</param>
    /// <param name="acknowledged">What became of the acknowledgements of which partitions.</param>
    /// <param name="isFull">Whether partitions that have nothing are named, too.</param>
    public ShareFetchResponse Of(ShareFetchPass pass, IReadOnlyDictionary<SharedTopicPartition, ErrorCode> acknowledged, bool isFull)
    {
        var reply = new ShareFetchResponse();
        foreach (var target in pass.Targets)
        {
            if (isFull || target.Error != ErrorCode.None || target.Acquired.Count > 0 || acknowledged.ContainsKey(target.Name))
            {
                var data = Describe(target.Name, target.Error, acknowledged.GetValueOrDefault(target.Name));
                data.Records = target.TakeRecords();
                data.AcquiredRecords = [.. target.Acquired.Select(static range => new ShareFetchResponse.AcquiredRecords
                {
                    FirstOffset = range.First, LastOffset = range.Last, DeliveryCount = range.DeliveryCount,
                })];
                Add(reply, target.Name, data);
            }
        }

        var fetched = pass.Targets.Select(static target => target.Name).ToHashSet();
        foreach (var (name, error) in acknowledged)
        {
            if (!fetched.Contains(name))
            {
                Add(reply, name, Describe(name, ErrorCode.None, error));
            }
        }

        if (reply.Responses.Exists(static topic => topic.Partitions.Exists(static partition => partition.CurrentLeader.LeaderEpoch >= 0)))
        {
            var self = cluster.Self(context.Connection.ListenerName);
            reply.NodeEndpoints = [new ShareFetchResponse.NodeEndpoint { NodeId = self.Id, Host = self.Host, Port = self.Port }];
        }

        return reply;
    }

    /// <summary>What became of acknowledgements.</summary>
    public ShareAcknowledgeResponse Of(IReadOnlyDictionary<SharedTopicPartition, ErrorCode> acknowledged)
    {
        var reply = new ShareAcknowledgeResponse();
        foreach (var topic in acknowledged.GroupBy(static each => each.Key.TopicId))
        {
            reply.Responses.Add(new ShareAcknowledgeResponse.ShareAcknowledgeTopicResponse
            {
                TopicId = topic.Key,
                Partitions = [.. topic.Select(each => Describe(each.Key, each.Value))],
            });
        }

        if (reply.Responses.Exists(static topic => topic.Partitions.Exists(static partition => partition.CurrentLeader.LeaderEpoch >= 0)))
        {
            var self = cluster.Self(context.Connection.ListenerName);
            reply.NodeEndpoints = [new ShareAcknowledgeResponse.NodeEndpoint { NodeId = self.Id, Host = self.Host, Port = self.Port }];
        }

        return reply;
    }

    private static void Add(ShareFetchResponse reply, SharedTopicPartition name, ShareFetchResponse.PartitionData data)
    {
        var topic = reply.Responses.Find(topic => topic.TopicId == name.TopicId);
        if (topic is null)
        {
            topic = new ShareFetchResponse.ShareFetchableTopicResponse { TopicId = name.TopicId };
            reply.Responses.Add(topic);
        }

        topic.Partitions.Add(data);
    }

    private ShareFetchResponse.PartitionData Describe(SharedTopicPartition name, ErrorCode error, ErrorCode acknowledgeError)
    {
        var epoch = LeaderEpoch(name, error, acknowledgeError);
        return new ShareFetchResponse.PartitionData
        {
            PartitionIndex = name.Partition,
            ErrorCode = error,
            AcknowledgeErrorCode = acknowledgeError,
            CurrentLeader = new ShareFetchResponse.LeaderIdAndEpoch { LeaderId = epoch < 0 ? -1 : cluster.NodeId, LeaderEpoch = epoch },
            Records = RecordsPayload.Empty,
        };
    }

    private ShareAcknowledgeResponse.PartitionData Describe(SharedTopicPartition name, ErrorCode error)
    {
        var epoch = LeaderEpoch(name, error, ErrorCode.None);
        return new ShareAcknowledgeResponse.PartitionData
        {
            PartitionIndex = name.Partition,
            ErrorCode = error,
            CurrentLeader = new ShareAcknowledgeResponse.LeaderIdAndEpoch { LeaderId = epoch < 0 ? -1 : cluster.NodeId, LeaderEpoch = epoch },
        };
    }

    /// <summary>The epoch in which the partition is led, for those who were told that it is led otherwise than they think; else -1.</summary>
    private int LeaderEpoch(SharedTopicPartition name, ErrorCode error, ErrorCode acknowledgeError) =>
        (error is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch || acknowledgeError is ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch)
        && table.Find(name.TopicId, name.Partition, out var partition) == ErrorCode.None
            ? partition!.LeaderEpoch
            : -1;
}
