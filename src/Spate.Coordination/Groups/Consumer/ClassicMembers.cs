using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// JoinGroup, SyncGroup and Heartbeat of members that speak the classic protocol in a group of the consumer protocol. Their generation is
/// their epoch. Nobody leads: each joins for itself, is answered at once, and collects what the broker has assigned to it; that there is
/// something to join for it hears by heartbeats. What it reads and what it has stands in what it says to its like.
/// </summary>
internal sealed class ClassicMembers(GroupShard shard, MemberStep step, ConsumerTimers timers, ProtocolWatch watch, ITopicCatalog catalog, ConsumerGroupOptions options, Random random)
{
    public CommandOutcome Join(ConsumerGroup group, JoinAttempt attempt)
    {
        var request = attempt.Request;
        if (!Admits(group, request.ProtocolType, attempt.Protocols) || !ConsumerSubscription.TryRead(attempt.Protocols[0].Metadata, out var subscription))
        {
            return attempt.Refuse(ErrorCode.InconsistentGroupProtocol);
        }

        var isKnown = request.MemberId.Length > 0;
        var memberId = isKnown ? request.MemberId : Uuid.NewRandom(random).ToString();
        if (group.Members.Count >= options.MaxSize && !group.TryGetMember(memberId, out _) && (request.GroupInstanceId is null || group.FindInstance(request.GroupInstanceId) is null))
        {
            return attempt.Refuse(ErrorCode.GroupMaxSizeReached, "");
        }

        if (!isKnown && request.GroupInstanceId is null && attempt.NeedsIdFirst)
        {
            return attempt.Refuse(ErrorCode.MemberIdRequired, memberId);
        }

        var entry = Find(group, memberId, request.GroupInstanceId, isKnown, subscription.OwnedPartitions.Count > 0, out var error);
        if (entry is null)
        {
            return attempt.Refuse(error);
        }

        var said = entry.Member.Metadata with
        {
            InstanceId = request.GroupInstanceId ?? entry.Member.Metadata.InstanceId,
            ClientId = attempt.ClientId,
            ClientHost = attempt.ClientHost,
        };
        var metadata = Metadata(said, subscription, attempt.RebalanceTimeoutMs, new ClassicSide(request.SessionTimeoutMs, attempt.Protocols));
        var owned = ConsumerAssignments.ToSet(subscription.OwnedPartitions.Select(topic => (topic.Topic, (IEnumerable<int>)topic.Partitions)), catalog.Current);
        var records = new List<CoordinatorRecord>();
        var result = step.Take(group, entry, metadata, owned, records);
        return CommandOutcome.Append(records, () => Joined(group.Id, entry, result, attempt));
    }

    public CommandOutcome Sync(ConsumerGroup group, SyncGroupRequest request, Reply<SyncGroupResponse> reply)
    {
        var error = Check(group, request.MemberId, request.GroupInstanceId, request.GenerationId, out var member);
        if (error != ErrorCode.None || member?.Metadata.Classic is not { } side)
        {
            reply.Refuse(error);
            return CommandOutcome.Done;
        }

        if ((request.ProtocolType ?? ConsumerSubscription.ProtocolType) != ConsumerSubscription.ProtocolType
            || (request.ProtocolName ?? side.Protocols[0].Name) != side.Protocols[0].Name)
        {
            reply.Refuse(ErrorCode.InconsistentGroupProtocol);
            return CommandOutcome.Done;
        }

        if (group.Epoch > member.Current.Epoch && member.Current.State != MemberState.UnrevokedPartitions)
        {
            timers.ExpectJoin(group.Id, member);
            reply.Refuse(ErrorCode.RebalanceInProgress);
            return CommandOutcome.Done;
        }

        timers.SyncSeen(group.Id, member.Id);
        timers.StartSession(group.Id, member);
        reply.Complete(new SyncGroupResponse
        {
            ProtocolType = ConsumerSubscription.ProtocolType,
            ProtocolName = side.Protocols[0].Name,
            Assignment = ConsumerAssignments.Write(member.Current.Assigned, catalog.Current, ConsumerAssignments.VersionOf(side.Protocols[0].Metadata)),
        });
        return CommandOutcome.Done;
    }

    public ErrorCode Heartbeat(ConsumerGroup group, HeartbeatRequest request)
    {
        var error = Check(group, request.MemberId, request.GroupInstanceId, request.GenerationId, out var member);
        if (error != ErrorCode.None || member is null)
        {
            return error;
        }

        timers.StartSession(group.Id, member);
        if (!HasToJoin(group, member))
        {
            return ErrorCode.None;
        }

        timers.ExpectJoin(group.Id, member);
        return ErrorCode.RebalanceInProgress;
    }

    /// <summary>What a classic member says of itself, as members of the new protocol say it.</summary>
    public static MemberMetadata Metadata(MemberMetadata before, ConsumerProtocolSubscription subscription, int rebalanceTimeoutMs, ClassicSide side)
    {
        var topics = TopicNames.Of(subscription.Topics);
        return before with
        {
            RackId = string.IsNullOrEmpty(subscription.RackId) ? null : subscription.RackId,
            RebalanceTimeoutMs = rebalanceTimeoutMs,
            Topics = topics.Equals(before.Topics) ? before.Topics : topics,
            Regex = "",
            ServerAssignor = null,
            Classic = side,
        };
    }

    /// <summary>Classic members have a protocol in common, so that the group can become a classic one again.</summary>
    private static bool Admits(ConsumerGroup group, string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        var others = group.Members.Select(member => member.Metadata.Classic).OfType<ClassicSide>().ToList();
        return protocolType == ConsumerSubscription.ProtocolType
            && protocols.Any(protocol => others.TrueForAll(other => other.Supports(protocol.Name)));
    }

    /// <summary>
    /// A member that is not known is new, unless it says that it has partitions: then it was one, and others may have them since. It has to be
    /// told, so that it lets go of them.
    /// </summary>
    private static MemberEntry? Find(ConsumerGroup group, string memberId, string? instanceId, bool isKnown, bool hasPartitions, out ErrorCode error)
    {
        error = ErrorCode.None;
        if (instanceId is null)
        {
            error = ErrorCode.UnknownMemberId;
            return group.TryGetMember(memberId, out var member) ? new MemberEntry(member)
                : isKnown && hasPartitions ? null
                : MemberEntry.New(memberId);
        }

        if (group.FindInstance(instanceId) is not { } known)
        {
            error = ErrorCode.UnknownMemberId;
            return isKnown ? null : MemberEntry.New(memberId);
        }

        error = ErrorCode.FencedInstanceId;
        return known.Id == memberId ? new MemberEntry(known)
            : isKnown ? null
            : MemberEntry.Replacing(known, memberId);
    }

    private static ErrorCode Check(ConsumerGroup group, string memberId, string? instanceId, int generation, out ConsumerMember? member)
    {
        if (instanceId is not null && group.FindInstance(instanceId) is { } current && current.Id != memberId)
        {
            member = null;
            return ErrorCode.FencedInstanceId;
        }

        return !group.TryGetMember(memberId, out member) || !member.SpeaksClassic ? ErrorCode.UnknownMemberId
            : member.Current.Epoch != generation ? ErrorCode.IllegalGeneration
            : ErrorCode.None;
    }

    /// <summary>The member joins when there is a new epoch, when it has something to give up, and when what it waits for has been given up.</summary>
    private static bool HasToJoin(ConsumerGroup group, ConsumerMember member) =>
        member.Current.Epoch < group.Epoch
        || member.Current.State == MemberState.UnrevokedPartitions
        || (member.Current.State == MemberState.UnreleasedPartitions
            && ReferenceEquals(
                group.TargetOf(member.Id),
                group.TargetOf(member.Id).Where((topic, partition) => group.Owners.Find(topic, partition) is not { } owner || owner == member.Id)));

    private void Joined(string groupId, MemberEntry entry, MemberStepResult result, JoinAttempt attempt)
    {
        var group = shard.Find(groupId)?.Consumer ?? throw new InvalidOperationException($"Group {groupId} is gone in the middle of a join.");
        group.CheckedTopics = result.Topics;
        if (entry.Replaced is { } replaced)
        {
            timers.Cancel(groupId, replaced.Id);
        }

        var member = result.Member;
        timers.JoinSeen(groupId, member.Id);
        timers.WatchRevocation(groupId, member);
        timers.StartSession(groupId, member);
        timers.ExpectSync(groupId, member);
        watch.Look(group);
        attempt.Reply.Complete(new JoinGroupResponse
        {
            MemberId = member.Id,
            GenerationId = member.Current.Epoch,
            ProtocolType = ConsumerSubscription.ProtocolType,
            ProtocolName = attempt.Protocols[0].Name,
        });
    }
}
