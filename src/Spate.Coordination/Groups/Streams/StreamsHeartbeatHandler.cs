using Spate.Coordination.Runtime;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Streams;

/// <summary>
/// StreamsGroupHeartbeat, version 0: the whole of the streams protocol (KIP-1071). A member joins with epoch 0, bringing what the application
/// is made of, leaves with -1, and otherwise says that it is there and which tasks it has; it hears which it is to have.
/// </summary>
internal sealed class StreamsHeartbeatHandler(StreamsParts parts, StreamsStep step, StreamsDepartures departures, FirstAssignment first, StreamsGroupOptions options)
{
    private readonly StreamsMembership _membership = new(parts.Shard);

    public CommandOutcome Handle(StreamsGroupHeartbeatRequest request, GroupClient client, Reply<StreamsHeartbeatResult> reply)
    {
        if (!options.IsEnabled)
        {
            return Refuse(reply, new Refusal(ErrorCode.UnsupportedVersion, "Groups of the streams protocol are switched off."));
        }

        if (StreamsHeartbeatRules.Check(request) is { } refusal)
        {
            return Refuse(reply, refusal);
        }

        return request.MemberEpoch == MemberEpochs.Leaving ? departures.Leave(request, reply) : Beat(request, client, reply);
    }

    private static CommandOutcome Refuse(Reply<StreamsHeartbeatResult> reply, Refusal refusal)
    {
        reply.Complete(StreamsReplies.Refused(refusal));
        return CommandOutcome.Done;
    }

    private CommandOutcome Beat(StreamsGroupHeartbeatRequest request, GroupClient client, Reply<StreamsHeartbeatResult> reply)
    {
        var records = new List<CoordinatorRecord>();
        if (_membership.FindGroup(request, records, out var refusal) is not { } group)
        {
            return Refuse(reply, refusal!);
        }

        if (request.MemberEpoch == MemberEpochs.Joining && group.Members.Count >= options.MaxSize && !group.TryGetMember(request.MemberId, out _))
        {
            return Refuse(reply, new Refusal(ErrorCode.GroupMaxSizeReached, $"The streams group has reached its maximum capacity of {options.MaxSize} members."));
        }

        var owned = Owned(request);
        if (StreamsMembership.FindMember(group, request, owned, out refusal) is not { } member
            || StreamsMembership.FindTopology(group, request, out refusal) is not { } topology
            || refusal is not null)
        {
            return Refuse(reply, refusal!);
        }

        var look = group.Soft.Checked?.With(topology, parts.Topics.Current) ?? CheckedTopology.Of(topology, parts.Topics.Current);
        refusal = StreamsMembership.CheckTasks(look.Plan, owned) ?? StreamsMembership.CheckOffsets(look.Plan, request);
        if (refusal is not null)
        {
            return Refuse(reply, refusal);
        }

        var settings = parts.Settings.ForStreamsGroup(group.Id);
        var said = new StreamsSaid(member, Updated(member.Metadata, request, client), owned, ToldOffsets.After(group.Soft.Told.GetValueOrDefault(member.Id), request));
        var result = step.Take(group, said, look, settings, records);
        return CommandOutcome.Append(records, () => reply.Complete(Committed(request, said, result, settings)));
    }

    private StreamsHeartbeatResult Committed(StreamsGroupHeartbeatRequest request, StreamsSaid said, StreamsStepResult result, StreamsGroupSettings settings)
    {
        var group = parts.Shard.Find(request.GroupId)?.Streams
            ?? throw new InvalidOperationException($"Group {request.GroupId} is gone in the middle of a heartbeat.");
        var (before, member) = (said.Member, result.Member);
        group.Soft.Checked = result.Look;
        group.Soft.Weighed = result.Weighed;
        group.Soft.Aim = result.Aim ?? group.Soft.Aim;
        if (said.Told is { } told)
        {
            group.Soft.Told[member.Id] = told;
        }

        if (result.Gathers && !group.Soft.IsGathering)
        {
            first.Await(group, settings);
        }

        parts.Timers.StartSession(group.Id, member);
        if (result.HasMoved)
        {
            parts.Timers.WatchRevocation(group.Id, member);
        }

        if (result.HasRaisedEpoch)
        {
            GroupLog.EpochRaised(parts.Logger, group.Id, group.Epoch, group.Members.Count, member.Id);
        }

        if (request.ShutdownApplication)
        {
            group.Soft.ShutdownAskedBy ??= member.Id;
        }

        // Who is behind, or says that it has something else, has lost sight of where it stands.
        var tellsTasks = request.MemberEpoch == MemberEpochs.Joining
            || request.MemberEpoch != before.Current.Epoch
            || member.Current.Assigned != before.Current.Assigned
            || (said.Owned is { } owned && owned != member.Current.Assigned);
        if (member.Metadata.Endpoint != before.Metadata.Endpoint || (member.Metadata.Endpoint is not null && member.Current.Assigned != before.Current.Assigned))
        {
            group.Soft.EndpointEpoch++;
        }

        return StreamsReplies.Of(group, result, settings, tellsTasks, request.EndpointInformationEpoch);
    }

    private static TaskAssignment? Owned(StreamsGroupHeartbeatRequest request) => request switch
    {
        { MemberEpoch: MemberEpochs.Joining } => TaskAssignment.Empty,
        { ActiveTasks: { } active, StandbyTasks: { } standby, WarmupTasks: { } warmup } => new TaskAssignment(ToSet(active), ToSet(standby), ToSet(warmup)),
        _ => null,
    };

    private static TaskSet ToSet(List<StreamsGroupHeartbeatRequest.TaskIds> tasks) =>
        TaskSet.Of(tasks.Select(each => (each.SubtopologyId, (IEnumerable<int>)each.Partitions)));

    /// <summary>What is left out of a heartbeat is as it was. A member that names no process is one of its own, and only who joins can be in another.</summary>
    private static StreamsMemberMetadata Updated(StreamsMemberMetadata before, StreamsGroupHeartbeatRequest request, GroupClient client)
    {
        var tags = request.ClientTags is { } given ? ClientTags.Of(given.Select(tag => (tag.Key, tag.Value))) : before.Tags;
        return before with
        {
            RackId = request.RackId ?? before.RackId,
            ClientId = client.ClientId,
            ClientHost = client.Host,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? before.RebalanceTimeoutMs : request.RebalanceTimeoutMs,
            TopologyEpoch = request.Topology?.Epoch ?? before.TopologyEpoch,
            ProcessId = before.ProcessId.Length > 0 && (request.ProcessId is null || request.MemberEpoch != MemberEpochs.Joining) ? before.ProcessId : request.ProcessId ?? request.MemberId,
            Endpoint = request.UserEndpoint is { } endpoint ? new ClientEndpoint(endpoint.Host, endpoint.Port) : before.Endpoint,
            Tags = tags,
        };
    }
}
