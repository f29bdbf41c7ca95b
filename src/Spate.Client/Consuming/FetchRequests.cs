using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming;

/// <summary>Makes Fetch requests.</summary>
internal static class FetchRequests
{
    private const short LastVersionOfNames = 12;

    /// <summary>A request without a session: everything that is wanted is named each time.</summary>
    private const int NoSessionEpoch = -1;

    public static FetchRequest Make(
        IReadOnlyList<(TopicPartition Name, long Offset)> wanted, int maxBytes, ConsumerOptions options, ClusterMetadata cluster, out short highestVersion)
    {
        highestVersion = short.MaxValue;
        var request = new FetchRequest
        {
            MaxWaitMs = (int)options.FetchMaxWait.TotalMilliseconds,
            MinBytes = options.FetchMinBytes,
            MaxBytes = maxBytes,
            IsolationLevel = (sbyte)options.IsolationLevel,
            SessionEpoch = NoSessionEpoch,
        };
        foreach (var (name, offset) in wanted)
        {
            var topic = request.Topics.Find(other => other.Topic == name.Topic);
            if (topic is null)
            {
                topic = new FetchRequest.FetchTopic { Topic = name.Topic, TopicId = cluster.Topics.TryGetValue(name.Topic, out var known) ? known.Id : Uuid.Zero };
                request.Topics.Add(topic);
                if (topic.TopicId.IsZero)
                {
                    highestVersion = LastVersionOfNames;
                }
            }

            topic.Partitions.Add(new FetchRequest.FetchPartition
            {
                Partition = name.Partition,
                CurrentLeaderEpoch = cluster.Find(name)?.LeaderEpoch ?? -1,
                FetchOffset = offset,
                PartitionMaxBytes = options.PartitionFetchBytes,
            });
        }

        return request;
    }
}
