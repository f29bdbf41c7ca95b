using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// ConsumerGroupHeartbeat, versions 0 and 1: the whole of the consumer protocol (KIP-848). A member joins with epoch 0, leaves with -1 or, if
/// it will be back, -2, and otherwise says that it is there, what it reads and what it has; it hears what it is to have. In version 1
/// members make their own ids and may subscribe by regular expression.
/// </summary>
internal sealed class ConsumerHeartbeatHandler(
    GroupShard shard, MemberStep step, Departures departures, ConsumerTimers timers, GroupUpgrade upgrade, ConsumerGroupOptions options, IGroupSettings settings, Random random)
{
    private readonly HeartbeatRules _rules = new(options.Assignors);

    public CommandOutcome Handle(ConsumerGroupHeartbeatRequest request, GroupClient client, Reply<ConsumerGroupHeartbeatResponse> reply)
    {
        if (!options.IsEnabled)
        {
            return Refuse(reply, new Refusal(ErrorCode.UnsupportedVersion, "Groups of the consumer protocol are switched off."));
        }

        if (_rules.Check(request, client.ApiVersion) is { } refusal)
        {
            return Refuse(reply, refusal);
        }

        return request.MemberEpoch < MemberEpochs.Joining ? departures.Leave(request, reply) : Beat(request, client, reply);
    }

    private static CommandOutcome Refuse(Reply<ConsumerGroupHeartbeatResponse> reply, Refusal refusal)
    {
        reply.Complete(HeartbeatReplies.Refused(refusal));
        return CommandOutcome.Done;
    }

    private CommandOutcome Beat(ConsumerGroupHeartbeatRequest request, GroupClient client, Reply<ConsumerGroupHeartbeatResponse> reply)
    {
        var records = new List<CoordinatorRecord>();
        if (FindOrMake(request, records, out var refusal) is not { } group)
        {
            return Refuse(reply, refusal ?? HeartbeatReplies.NoSuchGroup(shard, request.GroupId));
        }

        if (group.Members.Count >= options.MaxSize && !group.TryGetMember(request.MemberId, out _))
        {
            return Refuse(reply, new Refusal(ErrorCode.GroupMaxSizeReached, $"The consumer group has reached its maximum capacity of {options.MaxSize} members."));
        }

        var memberId = request.MemberId.Length == 0 ? Uuid.NewRandom(random).ToString() : request.MemberId;
        var owned = Owned(request);
        var entry = MemberEntry.Find(group, memberId, request.InstanceId, request.MemberEpoch, owned, out refusal);
        refusal ??= CheckRegex(group, request.SubscribedTopicRegex) ?? CheckState(entry!.Member, owned);
        if (refusal is not null || entry is null)
        {
            return Refuse(reply, refusal!);
        }

        var result = step.Take(group, entry, Updated(entry.Member.Metadata, request, client), owned, records);
        return CommandOutcome.Append(records, () => Committed(request, entry, result, reply));
    }

    private void Committed(
        ConsumerGroupHeartbeatRequest request, MemberEntry entry, MemberStepResult result, Reply<ConsumerGroupHeartbeatResponse> reply)
    {
        var group = shard.Find(request.GroupId)?.Consumer
            ?? throw new InvalidOperationException($"Group {request.GroupId} is gone in the middle of a heartbeat.");
        upgrade.Complete(group);
        group.CheckedTopics = result.Topics;
        if (entry.Replaced is { } replaced)
        {
            timers.Cancel(group.Id, replaced.Id);
        }

        timers.StartSession(group.Id, result.Member);
        if (result.HasMoved)
        {
            timers.WatchRevocation(group.Id, result.Member);
        }

        if (result.HasRaisedEpoch)
        {
            upgrade.TellOfEpoch(group, result.Member);
        }

        var tellsAssignment = request.MemberEpoch == MemberEpochs.Joining
            || IsFull(request)
            || !result.Member.Current.Assigned.Equals(entry.Member.Current.Assigned);
        reply.Complete(HeartbeatReplies.Of(result.Member, settings.ForConsumerGroup(group.Id).HeartbeatIntervalMs, tellsAssignment));
    }

    /// <summary>The group; one that is not there yet, and is in no list, for who joins first; null for anybody else.</summary>
    private ConsumerGroup? FindOrMake(ConsumerGroupHeartbeatRequest request, List<CoordinatorRecord> records, out Refusal? refusal)
    {
        refusal = null;
        var found = shard.Find(request.GroupId);
        if (found?.Consumer is { } group)
        {
            return group;
        }

        if (request.MemberEpoch != MemberEpochs.Joining)
        {
            return null;
        }

        if (found?.Assigned is not null)
        {
            refusal = HeartbeatReplies.NoSuchGroup(shard, request.GroupId);
            return null;
        }

        if (found is { Classic.State: not ClassicGroupState.Empty })
        {
            return upgrade.Begin(found.Classic, records, out refusal);
        }

        if (found is { Classic.Logged: not null })
        {
            records.Add(GroupRecords.GroupTombstone(request.GroupId));
        }

        return new ConsumerGroup(request.GroupId, new GroupCounts());
    }

    private static PartitionSet? Owned(ConsumerGroupHeartbeatRequest request) => request.TopicPartitions is { } owned
        ? PartitionSet.Of(owned.Select(topic => (topic.TopicId, (IEnumerable<int>)topic.Partitions)))
        : null;

    private static Refusal? CheckRegex(ConsumerGroup group, string? regex) =>
        string.IsNullOrEmpty(regex) || group.Regexes.ContainsKey(regex) || TopicPattern.TryParse(regex, out _, out var fault)
            ? null
            : new Refusal(ErrorCode.InvalidRegularExpression, $"SubscribedTopicRegex `{regex}` is not a valid regular expression: {fault}.");

    /// <summary>What a newer broker has put a member into is only left by giving everything up.</summary>
    private static Refusal? CheckState(ConsumerMember member, PartitionSet? owned) =>
        member.Current.State == MemberState.Unknown && owned is not { IsEmpty: true }
            ? new Refusal(ErrorCode.FencedMemberEpoch, "The consumer group member is in a unknown state. The member must abandon all its partitions and rejoin.")
            : null;

    /// <summary>What is left out of a heartbeat is as it was.</summary>
    private static MemberMetadata Updated(MemberMetadata before, ConsumerGroupHeartbeatRequest request, GroupClient client)
    {
        var names = request.SubscribedTopicNames is { } given ? TopicNames.Of(given) : before.Topics;
        return before with
        {
            InstanceId = request.InstanceId ?? before.InstanceId,
            RackId = request.RackId ?? before.RackId,
            ClientId = client.ClientId,
            ClientHost = client.Host,
            RebalanceTimeoutMs = request.RebalanceTimeoutMs == -1 ? before.RebalanceTimeoutMs : request.RebalanceTimeoutMs,
            Topics = names.Equals(before.Topics) ? before.Topics : names,
            Regex = request.SubscribedTopicRegex ?? before.Regex,
            ServerAssignor = request.ServerAssignor ?? before.ServerAssignor,
            Classic = null,
        };
    }

    /// <summary>A member that says everything wants to hear everything: it has lost sight of where it stands.</summary>
    private static bool IsFull(ConsumerGroupHeartbeatRequest request) =>
        request.RebalanceTimeoutMs != -1
        && (request.SubscribedTopicNames is not null || request.SubscribedTopicRegex is not null)
        && request.TopicPartitions is not null;
}
