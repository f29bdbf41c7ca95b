using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What a StreamsGroupHeartbeat must say to be understood, whatever group it is for. Static members and regular expressions are refused as Kafka 4.2 refuses them.</summary>
internal static class StreamsHeartbeatRules
{
    public static Refusal? Check(StreamsGroupHeartbeatRequest request)
    {
        var fault = UnknownFeature(request)
            ?? (request.MemberId.Length == 0 ? "MemberId can't be empty."
            : request.GroupId.Length == 0 ? "GroupId can't be empty."
            : request.RackId?.Length == 0 ? "RackId can't be empty."
            : request.MemberEpoch == MemberEpochs.LeavingForAWhile ? "InstanceId can't be null."
            : request.MemberEpoch < MemberEpochs.LeavingForAWhile ? $"MemberEpoch is {request.MemberEpoch}, but must be greater than or equal to {MemberEpochs.LeavingForAWhile}."
            : TasksFault(request)
            ?? WarmupFault(request)
            ?? OffsetsFault(nameof(request.TaskOffsets), request.TaskOffsets)
            ?? OffsetsFault(nameof(request.TaskEndOffsets), request.TaskEndOffsets)
            ?? (request.MemberEpoch == MemberEpochs.Joining ? JoinFault(request)
            : request.Topology is not null ? "Topology can only be provided when (re-)joining."
            : null));
        return fault is not null ? new Refusal(ErrorCode.InvalidRequest, fault)
            : request.Topology is { } topology ? TopologyRules.Check(topology)
            : null;
    }

    private static string? UnknownFeature(StreamsGroupHeartbeatRequest request) =>
        request.InstanceId is not null ? "Static membership is not yet supported."
        : request.Topology?.Subtopologies.Exists(each => each.SourceTopicRegex.Count > 0) == true ? "Regular expressions for source topics are not supported yet."
        : null;

    private static string? TasksFault(StreamsGroupHeartbeatRequest request)
    {
        var given = new[] { request.ActiveTasks, request.StandbyTasks, request.WarmupTasks };
        return given.Any(tasks => tasks is null) && given.Any(tasks => tasks is not null) && request.MemberEpoch != MemberEpochs.Joining
            ? "If one task-type is non-null, all must be non-null."
            : null;
    }

    /// <summary>What warms up is named once, and is not had in another way.</summary>
    private static string? WarmupFault(StreamsGroupHeartbeatRequest request)
    {
        var elsewhere = Tasks(request.ActiveTasks).Concat(Tasks(request.StandbyTasks)).ToHashSet();
        foreach (var task in Tasks(request.WarmupTasks))
        {
            if (!elsewhere.Add(task))
            {
                return $"WarmupTasks name task {task.Partition} of subtopology {task.Subtopology}, which is named twice.";
            }
        }

        return null;
    }

    private static IEnumerable<TaskId> Tasks(List<StreamsGroupHeartbeatRequest.TaskIds>? tasks) =>
        (tasks ?? []).SelectMany(each => each.Partitions.Select(partition => new TaskId(each.SubtopologyId, partition)));

    private static string? OffsetsFault(string name, List<StreamsGroupHeartbeatRequest.TaskOffset>? told)
    {
        var named = new HashSet<TaskId>();
        foreach (var each in told ?? [])
        {
            if (each.Offset < 0)
            {
                return $"{name} say {each.Offset} of task {each.Partition} of subtopology {each.SubtopologyId}, but must be 0 or more.";
            }

            if (!named.Add(new TaskId(each.SubtopologyId, each.Partition)))
            {
                return $"{name} name task {each.Partition} of subtopology {each.SubtopologyId} twice.";
            }
        }

        return null;
    }

    /// <summary>Who joins says everything, and has nothing.</summary>
    private static string? JoinFault(StreamsGroupHeartbeatRequest request) =>
        request.RebalanceTimeoutMs == -1 ? "RebalanceTimeoutMs must be provided in first request."
        : request.ActiveTasks is { Count: > 0 } ? "ActiveTasks must be empty when (re-)joining."
        : request.StandbyTasks is { Count: > 0 } ? "StandbyTasks must be empty when (re-)joining."
        : request.WarmupTasks is { Count: > 0 } ? "WarmupTasks must be empty when (re-)joining."
        : request.Topology is null ? "Topology must be non-null when (re-)joining."
        : null;
}
