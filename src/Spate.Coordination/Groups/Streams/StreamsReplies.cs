using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What a StreamsGroupHeartbeat is answered.</summary>
internal static class StreamsReplies
{
    public static StreamsHeartbeatResult Refused(ErrorCode error) => new(new StreamsGroupHeartbeatResponse { ErrorCode = error }, []);

    public static StreamsHeartbeatResult Refused(Refusal refusal) =>
        new(new StreamsGroupHeartbeatResponse { ErrorCode = refusal.Error, ErrorMessage = refusal.Message }, []);

    public static StreamsHeartbeatResult Left(string memberId, int epoch) =>
        new(new StreamsGroupHeartbeatResponse { MemberId = memberId, MemberEpoch = epoch }, []);

    /// <summary>Where the member and its group stand.</summary>
    /// <param name="group">The group after the heartbeat.</param>
    /// <param name="result">What came of it.</param>
    /// <param name="settings">What is set for the group.</param>
    /// <param name="tellsTasks">Whether the member is told its tasks.</param>
    /// <param name="knownEndpoints">The epoch of what the member knows of where state can be asked for.</param>
    public static StreamsHeartbeatResult Of(StreamsGroup group, StreamsStepResult result, StreamsGroupSettings settings, bool tellsTasks, int knownEndpoints)
    {
        var member = result.Member;
        var tasks = tellsTasks ? member.Current.Assigned : null;
        var statuses = Statuses(group, result);
        var response = new StreamsGroupHeartbeatResponse
        {
            MemberId = member.Id,
            MemberEpoch = member.Current.Epoch,
            HeartbeatIntervalMs = settings.HeartbeatIntervalMs,
            AcceptableRecoveryLag = settings.AcceptableRecoveryLag,
            TaskOffsetIntervalMs = settings.TaskOffsetIntervalMs,
            Status = statuses.Count == 0 ? null : statuses,
            ActiveTasks = ToList(tasks?.Active),
            StandbyTasks = ToList(tasks?.Standby),
            WarmupTasks = ToList(tasks?.Warmup),
            EndpointInformationEpoch = group.Soft.EndpointEpoch,
            PartitionsByUserEndpoint = knownEndpoints == group.Soft.EndpointEpoch ? null : Endpoints.Of(group, result.Look),
        };
        return new StreamsHeartbeatResult(response, result.Look.Plan.MissingTopics);
    }

    private static List<StreamsGroupHeartbeatResponse.GroupStatus> Statuses(StreamsGroup group, StreamsStepResult result)
    {
        var statuses = new List<StreamsGroupHeartbeatResponse.GroupStatus>();
        var (epoch, newest) = (result.Member.Metadata.TopologyEpoch, result.Look.Topology.Epoch);
        if (epoch < newest)
        {
            Add(StreamsStatus.StaleTopology, $"The member's topology epoch {epoch} is behind the group's topology epoch {newest}.");
        }

        if (result.Gathers)
        {
            Add(StreamsStatus.AssignmentDelayed, "Assignment delayed due to the configured initial rebalance delay.");
        }

        if (result.Look.Plan.Fault is { } fault)
        {
            Add(fault.Status, fault.Detail);
        }

        if (group.Soft.ShutdownAskedBy is { } memberId)
        {
            Add(StreamsStatus.ShutdownApplication, $"Streams group member {memberId} encountered a fatal error and requested a shutdown for the entire application.");
        }

        return statuses;

        void Add(StreamsStatus status, string detail) =>
            statuses.Add(new StreamsGroupHeartbeatResponse.GroupStatus { StatusCode = (sbyte)status, StatusDetail = AnswerText.Fit(detail) });
    }

    private static List<StreamsGroupHeartbeatResponse.TaskIds>? ToList(TaskSet? tasks) => tasks is null
        ? null
        : [.. tasks.ToPairs().Select(pair => new StreamsGroupHeartbeatResponse.TaskIds { SubtopologyId = pair.Topic, Partitions = [.. pair.Partitions] })];
}
