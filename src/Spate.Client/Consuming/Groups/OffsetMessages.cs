using Spate.Client.Metadata;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>Makes and reads OffsetCommit and OffsetFetch, which name topics by their ids in the newest versions.</summary>
internal static class OffsetMessages
{
    private const short LastVersionOfNames = 9;
    private const short FirstFetchOfGroups = 8;
    private const short FirstFetchOfStable = 7;

    /// <summary>The highest version that can be spoken of these topics: the newest take ids, and an id is not always known.</summary>
    public static short HighestVersion(IEnumerable<TopicPartition> partitions, ClusterMetadata cluster) =>
        partitions.All(name => !IdOf(name.Topic, cluster).IsZero) ? short.MaxValue : LastVersionOfNames;

    public static OffsetCommitRequest Commit(
        short version, string groupId, MemberIdentity identity, string? instanceId, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, ClusterMetadata cluster)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = groupId,
            GenerationIdOrMemberEpoch = identity.Epoch,
            MemberId = identity.MemberId,
            GroupInstanceId = identity.IsMember ? instanceId : null,
        };
        foreach (var topic in offsets.GroupBy(static pair => pair.Key.Topic, StringComparer.Ordinal))
        {
            request.Topics.Add(new OffsetCommitRequest.OffsetCommitRequestTopic
            {
                Name = topic.Key,
                TopicId = version > LastVersionOfNames ? IdOf(topic.Key, cluster) : Uuid.Zero,
                Partitions =
                [
                    .. topic.Select(static pair => new OffsetCommitRequest.OffsetCommitRequestPartition
                    {
                        PartitionIndex = pair.Key.Partition,
                        CommittedOffset = pair.Value.Offset,
                        CommittedLeaderEpoch = pair.Value.LeaderEpoch,
                        CommittedMetadata = pair.Value.Metadata,
                    }),
                ],
            });
        }

        return request;
    }

    public static OffsetFetchRequest Fetch(
        short version, string groupId, MemberIdentity? identity, IReadOnlyCollection<TopicPartition> partitions, ClusterMetadata cluster)
    {
        var request = new OffsetFetchRequest { RequireStable = version >= FirstFetchOfStable };
        var topics = partitions.GroupBy(static name => name.Topic, static name => name.Partition, StringComparer.Ordinal);
        if (version < FirstFetchOfGroups)
        {
            request.GroupId = groupId;
            request.Topics = [.. topics.Select(static topic => new OffsetFetchRequest.OffsetFetchRequestTopic { Name = topic.Key, PartitionIndexes = [.. topic] })];
            return request;
        }

        request.Groups.Add(new OffsetFetchRequest.OffsetFetchRequestGroup
        {
            GroupId = groupId,
            MemberId = identity?.MemberId,
            MemberEpoch = identity?.Epoch ?? MemberIdentity.NoEpoch,
            Topics =
            [
                .. topics.Select(topic => new OffsetFetchRequest.OffsetFetchRequestTopics
                {
                    Name = topic.Key,
                    TopicId = version > LastVersionOfNames ? IdOf(topic.Key, cluster) : Uuid.Zero,
                    PartitionIndexes = [.. topic],
                }),
            ],
        });
        return request;
    }

    /// <summary>What a fetch has answered: for the group, and for each partition.</summary>
    public static (ErrorCode Error, List<(TopicPartition Name, ErrorCode Error, CommittedOffset Offset)> Partitions) Read(
        OffsetFetchResponse response, short version, string groupId, ClusterMetadata cluster)
    {
        var read = new List<(TopicPartition, ErrorCode, CommittedOffset)>();
        if (version < FirstFetchOfGroups)
        {
            foreach (var topic in response.Topics)
            {
                read.AddRange(topic.Partitions.Select(partition => (
                    new TopicPartition(topic.Name, partition.PartitionIndex),
                    partition.ErrorCode,
                    new CommittedOffset(partition.CommittedOffset, partition.Metadata ?? "", partition.CommittedLeaderEpoch))));
            }

            return (response.ErrorCode, read);
        }

        if (response.Groups.Find(one => one.GroupId == groupId) is not { } group)
        {
            return (ErrorCode.CoordinatorNotAvailable, read);
        }

        foreach (var topic in group.Topics)
        {
            var name = version > LastVersionOfNames ? NameOf(topic.TopicId, cluster) : topic.Name;
            read.AddRange(topic.Partitions.Where(_ => name is not null).Select(partition => (
                new TopicPartition(name!, partition.PartitionIndex),
                partition.ErrorCode,
                new CommittedOffset(partition.CommittedOffset, partition.Metadata ?? "", partition.CommittedLeaderEpoch))));
        }

        return (group.ErrorCode, read);
    }

    public static string? NameOf(Uuid topicId, ClusterMetadata cluster) => cluster.Topics.Values.FirstOrDefault(topic => topic.Id == topicId)?.Name;

    private static Uuid IdOf(string topic, ClusterMetadata cluster) => cluster.Topics.TryGetValue(topic, out var known) ? known.Id : Uuid.Zero;
}
