using Spate.Protocol;
using Spate.Protocol.Messages;

namespace Spate.Client.Administration.Calls;

/// <summary>Streams groups as coordinators tell of them, in the client's types.</summary>
internal static class StreamsGroupWords
{
    private const string ProtocolType = "streams";

    public static GroupDescription Describe(StreamsGroupDescribeResponse.DescribedGroup group, int node)
    {
        var subtopologies = group.Topology?.Subtopologies?.ConvertAll(static part => new StreamsSubtopology(
            part.SubtopologyId,
            part.SourceTopics,
            part.RepartitionSourceTopics.ConvertAll(static topic => topic.Name),
            part.StateChangelogTopics.ConvertAll(static topic => topic.Name)));
        return new GroupDescription(
            group.GroupId,
            GroupType.Streams,
            CoordinatorWords.GroupStateOf(group.GroupState),
            ProtocolType,
            "",
            node,
            group.Members.ConvertAll(member => Describe(member, subtopologies ?? [])))
        {
            Epoch = group.GroupEpoch,
            AssignmentEpoch = group.AssignmentEpoch,
            Subtopologies = subtopologies,
            AuthorizedOperations = AuthorizedOperations.Read(group.AuthorizedOperations),
        };
    }

    private static GroupMemberDescription Describe(StreamsGroupDescribeResponse.Member member, List<StreamsSubtopology> subtopologies)
    {
        var tasks = TasksOf(member.Assignment);
        return new GroupMemberDescription(member.MemberId, member.InstanceId, member.ClientId, member.ClientHost, [.. Read(tasks.Active, subtopologies)])
        {
            Topics = [.. subtopologies.SelectMany(static part => part.SourceTopics).Distinct(StringComparer.Ordinal)],
            Rack = member.RackId,
            Epoch = member.MemberEpoch,
            Tasks = tasks,
            TargetTasks = TasksOf(member.TargetAssignment),
        };
    }

    private static StreamsMemberTasks TasksOf(StreamsGroupDescribeResponse.TaskAssignment assignment) =>
        new(TasksOf(assignment.ActiveTasks), TasksOf(assignment.StandbyTasks), TasksOf(assignment.WarmupTasks));

    private static IReadOnlyList<StreamsTask> TasksOf(List<StreamsGroupDescribeResponse.TaskIds> tasks) =>
        [.. tasks.SelectMany(static part => part.Partitions, static (part, partition) => new StreamsTask(part.SubtopologyId, partition))];

    /// <summary>What active tasks read. A topic with fewer partitions than another of the same part has none for some of them, which is not told here.</summary>
    private static IEnumerable<TopicPartition> Read(IEnumerable<StreamsTask> tasks, List<StreamsSubtopology> subtopologies) =>
        from task in tasks
        from part in subtopologies
        where part.Id == task.SubtopologyId
        from topic in part.SourceTopics.Concat(part.RepartitionTopics)
        select new TopicPartition(topic, task.Partition);
}
