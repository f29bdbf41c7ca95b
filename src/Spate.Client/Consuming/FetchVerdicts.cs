using Spate.Client.Errors;
using Spate.Client.Metadata;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>What becomes of the partitions of a fetch when it has ended. All of it is under the gate of the <see cref="Prefetch"/>.</summary>
internal sealed class FetchVerdicts(Cluster cluster, ConsumerOptions options, Prefetch prefetch)
{
    /// <summary>A response came.</summary>
    /// <param name="node">Who sent it; its session has heard it.</param>
    /// <param name="response">The response.</param>
    /// <param name="reply">How it is to be read: one that is no failure.</param>
    /// <param name="frame">The memory behind it.</param>
    public void Settle(FetchNode node, FetchResponse response, SessionReply reply, FetchedFrame frame)
    {
        var broker = cluster.Metadata.Current.NameOf(node.Id);
        if (node.Session.HasErrors)
        {
            LearnLeaders(node, response);
        }

        foreach (var ask in node.Asks)
        {
            ask.Cursor.IsAsking = false;
            var answer = node.Session.Find(ask.Cursor.Name, out var known);
            if (answer is not null && known is not null)
            {
                known.EndOffset = EndOf(answer);
            }

            if (ask.Generation != ask.Cursor.Generation)
            {
                continue;
            }

            if (answer is null && reply == SessionReply.Whole)
            {
                prefetch.Delay(ask.Cursor, Prefetch.NoAnswer(ask.Cursor, broker));
            }
            else if (answer is null || answer.ErrorCode == ErrorCode.None)
            {
                Take(ask, node, answer, known?.EndOffset ?? -1, frame);
            }
            else
            {
                Refused(ask, node, BrokerFailure.Of(answer.ErrorCode, ApiKey.Fetch, broker, $"offset {ask.Offset} of {ask.Cursor.Name}", ask.Cursor.Name));
            }
        }
    }

    /// <summary>No response came, or one that says only what is wrong.</summary>
    /// <param name="node">Who was asked.</param>
    /// <param name="failure">What went wrong; null when the partitions are simply asked for again.</param>
    public void Fail(FetchNode node, KafkaException? failure)
    {
        foreach (var ask in node.Asks)
        {
            ask.Cursor.IsAsking = false;
            if (failure is not null && ask.Generation == ask.Cursor.Generation)
            {
                ask.Cursor.ReadFromLeader();
                prefetch.Judge(ask.Cursor, failure);
            }
        }
    }

    private long EndOf(FetchResponse.PartitionData answer) =>
        options.IsolationLevel == IsolationLevel.ReadCommitted && answer.LastStableOffset >= 0 ? answer.LastStableOffset : answer.HighWatermark;

    private void Take(in FetchAsk ask, FetchNode node, FetchResponse.PartitionData? answer, long endOffset, FetchedFrame frame)
    {
        var cursor = ask.Cursor;
        if (answer is { PreferredReadReplica: >= 0 and var replica } && replica != node.Id)
        {
            ReadFrom(cursor, replica, node);
            return;
        }

        cursor.Failures = 0;
        cursor.SilentSince = null;
        cursor.EndOffset = endOffset;
        cursor.Checked(ask.LeaderEpoch);
        if (answer is not null)
        {
            prefetch.Take(ask, answer, frame);
        }
    }

    /// <summary>The leader sends this consumer to a replica that is nearer. That counts as success only when the replica has answered.</summary>
    private void ReadFrom(PartitionCursor cursor, int replica, FetchNode node)
    {
        if (cluster.Metadata.Current.Nodes.ContainsKey(replica))
        {
            var lease = (long)(cluster.Options.MetadataMaxAge.TotalSeconds * cluster.Clock.TimestampFrequency);
            cursor.ReadFrom(replica, cluster.Clock.GetTimestamp() + lease);
            return;
        }

        cluster.Metadata.Invalidate();
        prefetch.Delay(cursor, new KafkaException(
            ErrorCode.ReplicaNotAvailable, $"Broker {node.Id} wants {cursor.Name} read from broker {replica}, which is not among those that the cluster names at present.")
        {
            Partition = cursor.Name,
        });
    }

    private void Refused(in FetchAsk ask, FetchNode node, KafkaException failure)
    {
        var cursor = ask.Cursor;
        var wasReplica = node.Id != ask.Leader;
        cursor.ReadFromLeader();
        if (wasReplica && failure.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            // A replica may be behind: only the leader knows what is there. When it sends back here again, and again in vain, there is a wait in between.
            if (cursor.Failures++ > 0)
            {
                prefetch.Delay(cursor, failure);
            }
        }
        else if (failure.IsRetriable && cluster.Metadata.Current.Find(cursor.Name) is { HasLeader: true } now && now.LeaderEpoch > ask.LeaderEpoch && now.Leader != node.Id)
        {
            // The next leader is known already (KIP-951).
            cluster.Metadata.Invalidate();
        }
        else
        {
            prefetch.Judge(cursor, failure);
        }
    }

    /// <summary>A broker that does not lead a partition any more says who does (KIP-951).</summary>
    private void LearnLeaders(FetchNode node, FetchResponse response)
    {
        var leaders = new List<LearntLeader>();
        foreach (var ask in node.Asks)
        {
            if (node.Session.Find(ask.Cursor.Name, out _) is { ErrorCode: not ErrorCode.None, CurrentLeader: { } leader })
            {
                leaders.Add(new LearntLeader(ask.Cursor.Name, leader.LeaderId, leader.LeaderEpoch));
            }
        }

        if (leaders.Count > 0)
        {
            cluster.Metadata.Learn(
                leaders, [.. response.NodeEndpoints.Select(static node => new NodeMetadata(node.NodeId, new ServerAddress(node.Host, node.Port), node.Rack))]);
        }
    }
}
