using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>StreamsGroupDescribe, version 0: streams groups, told in full. The application's own topics are told with the partitions that they have, once they are there.</summary>
internal sealed class StreamsGroupDescription(GroupShard shard, ITopicCatalog catalog)
{
    public static StreamsGroupDescribeResponse.DescribedGroup Undescribed(string groupId, ErrorCode error, string? message) => new()
    {
        GroupId = groupId,
        ErrorCode = error,
        ErrorMessage = AnswerText.Fit(message),
    };

    public StreamsGroupDescribeResponse.DescribedGroup Describe(string groupId)
    {
        if (groupId.Length == 0)
        {
            return Undescribed(groupId, ErrorCode.InvalidGroupId, null);
        }

        if (shard.Find(groupId)?.Streams is not { } group)
        {
            var refusal = StreamsMembership.NoSuchGroup(shard, groupId);
            return Undescribed(groupId, refusal.Error, refusal.Message);
        }

        return new StreamsGroupDescribeResponse.DescribedGroup
        {
            GroupId = groupId,
            GroupState = group.StateName,
            GroupEpoch = group.Epoch,
            AssignmentEpoch = group.AssignmentEpoch,
            Topology = group.Topology is { } topology ? Describe(topology) : null,
            Members = [.. group.Members.OrderBy(member => member.Id, StringComparer.Ordinal).Select(member => Describe(member, group.TargetOf(member.Id), group.Soft.Told.GetValueOrDefault(member.Id)))],
        };
    }

    private static StreamsGroupDescribeResponse.Member Describe(StreamsMember member, TaskAssignment target, ToldOffsets? told) => new()
    {
        MemberId = member.Id,
        MemberEpoch = member.Current.Epoch,
        InstanceId = member.Metadata.InstanceId,
        RackId = member.Metadata.RackId,
        ClientId = member.Metadata.ClientId,
        ClientHost = member.Metadata.ClientHost,
        TopologyEpoch = member.Metadata.TopologyEpoch,
        ProcessId = member.Metadata.ProcessId,
        UserEndpoint = member.Metadata.Endpoint is not { } endpoint ? null : new StreamsGroupDescribeResponse.Endpoint { Host = endpoint.Host, Port = endpoint.Port },
        ClientTags = [.. member.Metadata.Tags.All.Select(tag => new StreamsGroupDescribeResponse.KeyValue { Key = tag.Key, Value = tag.Value })],
        TaskOffsets = ToList(told?.Offsets ?? []),
        TaskEndOffsets = ToList(told?.Ends ?? []),
        Assignment = Describe(member.Current.Assigned),
        TargetAssignment = Describe(target),
    };

    private static StreamsGroupDescribeResponse.TaskAssignment Describe(TaskAssignment tasks) => new()
    {
        ActiveTasks = ToList(tasks.Active),
        StandbyTasks = ToList(tasks.Standby),
        WarmupTasks = ToList(tasks.Warmup),
    };

    private static List<StreamsGroupDescribeResponse.TaskIds> ToList(TaskSet tasks) =>
        [.. tasks.ToPairs().Select(pair => new StreamsGroupDescribeResponse.TaskIds { SubtopologyId = pair.Topic, Partitions = [.. pair.Partitions] })];

    private static List<StreamsGroupDescribeResponse.TaskOffset> ToList(IEnumerable<KeyValuePair<TaskId, long>> told) =>
        [.. told.Select(each => new StreamsGroupDescribeResponse.TaskOffset { SubtopologyId = each.Key.Subtopology, Partition = each.Key.Partition, Offset = each.Value })];

    private static StreamsGroupDescribeResponse.TopicConfiguration Describe(InternalTopicSpec topic, IReadOnlyDictionary<string, int> counts) => new()
    {
        Name = topic.Name,
        Partitions = counts.GetValueOrDefault(topic.Name, topic.Partitions),
        ReplicationFactor = topic.ReplicationFactor,
        TopicConfigs = [.. topic.Configs.Select(config => new StreamsGroupDescribeResponse.KeyValue { Key = config.Key, Value = config.Value })],
    };

    private StreamsGroupDescribeResponse.StreamsTopology Describe(StreamsTopology topology)
    {
        var plan = TopologyPlan.Of(topology, catalog.Current);
        var counts = plan.IsReady ? plan.InternalTopics : new Dictionary<string, int>(StringComparer.Ordinal);
        return new StreamsGroupDescribeResponse.StreamsTopology
        {
            Epoch = topology.Epoch,
            Subtopologies =
            [
                .. topology.Subtopologies.Select(each => new StreamsGroupDescribeResponse.Subtopology
                {
                    SubtopologyId = each.Id,
                    SourceTopics = [.. each.SourceTopics],
                    RepartitionSinkTopics = [.. each.SinkTopics],
                    StateChangelogTopics = [.. each.Changelogs.Select(topic => Describe(topic, counts))],
                    RepartitionSourceTopics = [.. each.RepartitionTopics.Select(topic => Describe(topic, counts))],
                }),
            ],
        };
    }
}
