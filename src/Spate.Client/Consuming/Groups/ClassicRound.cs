using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// One round of a classic group, as one member sees it: join, wait for all, assign if it falls to this member, and be told one's own part. Used by one loop.
/// </summary>
internal sealed class ClassicRound(GroupContext group, Holdings holdings, TopicCounts counts)
{
    private const short FirstJoinOfInstances = 5;

    /// <summary>A join is answered when the whole group has come, for which there is the members' longest <see cref="ConsumerOptions.MaxPollInterval"/>; this much more and the coordinator has gone.</summary>
    private static readonly TimeSpan JoinGrace = TimeSpan.FromSeconds(5);

    private IReadOnlyCollection<TopicPartition> _last = [];
    private int _lastGeneration = -1;
    private FirstJoin? _first;

    /// <param name="subscription">What to join with.</param>
    /// <param name="isCooperative">Whether this member still has its partitions.</param>
    /// <param name="life">Ends when the member is to leave.</param>
    /// <exception cref="KafkaException">The round failed; the code says whether to begin another.</exception>
    public async Task<ClassicGeneration> RunAsync(Subscription subscription, bool isCooperative, CancellationToken life)
    {
        var topics = await subscription.ResolveAsync(group.Coordinator, life).ConfigureAwait(false);
        await counts.LearnAsync(topics, mayCreate: subscription.Pattern is null, life).ConfigureAwait(false);
        using var joined = await JoinAsync(version => Join(version, topics, isCooperative), life).ConfigureAwait(false);
        var join = joined.Message;
        if (join.ErrorCode is ErrorCode.None or ErrorCode.MemberIdRequired)
        {
            group.Identity = new MemberIdentity(join.MemberId, join.ErrorCode == ErrorCode.None ? join.GenerationId : group.Identity.Epoch);
        }

        group.Coordinator.Require(join.ErrorCode, ApiKey.JoinGroup);
        var isLeader = join.Leader == join.MemberId;
        Dictionary<string, int> watched = [];
        List<SyncGroupRequest.SyncGroupRequestAssignment> assignments = [];
        if (isLeader)
        {
            var members = join.Members.ConvertAll(Read);
            watched = await counts.LearnAsync([.. members.SelectMany(static member => member.Topics).Distinct(StringComparer.Ordinal)], mayCreate: false, life).ConfigureAwait(false);
            assignments = join.SkipAssignment ? [] : Assign(join.ProtocolName!, members, watched);
        }

        var identity = group.Identity;
        using var synced = await group.Coordinator.AskAsMemberAsync<SyncGroupRequest, SyncGroupResponse>(
            version => new SyncGroupRequest
            {
                GroupId = group.GroupId,
                GenerationId = identity.Epoch,
                MemberId = identity.MemberId,
                GroupInstanceId = group.Options.GroupInstanceId,
                ProtocolType = ConsumerProtocolMessages.ProtocolType,
                ProtocolName = join.ProtocolName,
                Assignments = assignments,
            },
            JoinTimeout(),
            life).ConfigureAwait(false);
        group.Coordinator.Require(synced.Message.ErrorCode, ApiKey.SyncGroup);
        _last = Read(synced.Message.Assignment);
        _lastGeneration = identity.Epoch;
        return new ClassicGeneration([.. _last], topics, isLeader ? watched : null);
    }

    /// <summary>The id that the coordinator gives with the answer to a join which was under way when the member was to leave; null when there was none, or it gives none.</summary>
    /// <exception cref="OperationCanceledException">The answer did not come in time.</exception>
    public async Task<string?> HearIdAsync(CancellationToken patience)
    {
        if (_first is not { } first)
        {
            return null;
        }

        try
        {
            return await first.HearAsync(patience).ConfigureAwait(false);
        }
        finally
        {
            Forget();
        }
    }

    private async Task<Reply<JoinGroupResponse>> JoinAsync(Func<short, JoinGroupRequest> make, CancellationToken life)
    {
        if (group.Identity.MemberId.Length > 0 || group.Options.GroupInstanceId is not null)
        {
            return await group.Coordinator.AskAsMemberAsync<JoinGroupRequest, JoinGroupResponse>(make, JoinTimeout(), life).ConfigureAwait(false);
        }

        _first = FirstJoin.In(group);
        try
        {
            var reply = await _first.AskAsync(make, JoinTimeout(), life).ConfigureAwait(false);
            Forget();
            return reply;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            Forget();
            throw;
        }
    }

    private void Forget()
    {
        _first?.Dispose();
        _first = null;
    }

    private TimeSpan JoinTimeout() => group.Options.MaxPollInterval + JoinGrace > group.Cluster.Options.RequestTimeout ? group.Options.MaxPollInterval + JoinGrace : group.Cluster.Options.RequestTimeout;

    private JoinGroupRequest Join(short version, IReadOnlyList<string> topics, bool isCooperative)
    {
        if (group.Options.GroupInstanceId is not null && version < FirstJoinOfInstances)
        {
            throw new KafkaException(ErrorCode.UnsupportedVersion, $"Broker {group.Coordinator.Name} is too old for static members. Leave GroupInstanceId null, or upgrade it to Kafka 2.3 or newer.") { Broker = group.Coordinator.Name };
        }

        IReadOnlyCollection<TopicPartition> owned = isCooperative ? holdings.Held : [];
        return new JoinGroupRequest
        {
            GroupId = group.GroupId,
            SessionTimeoutMs = (int)group.Options.SessionTimeout.TotalMilliseconds,
            RebalanceTimeoutMs = (int)group.Options.MaxPollInterval.TotalMilliseconds,
            MemberId = group.Identity.MemberId,
            GroupInstanceId = group.Options.GroupInstanceId,
            ProtocolType = ConsumerProtocolMessages.ProtocolType,
            Protocols =
            [
                .. group.Options.Assignors.Select(assignor => new JoinGroupRequest.JoinGroupRequestProtocol
                {
                    Name = assignor.Name,
                    Metadata = ConsumerProtocolMessages.WriteSubscription(topics, owned, _lastGeneration, group.Options.ClientRack, assignor.Describe(_last, _lastGeneration)),
                }),
            ],
        };
    }

    private List<SyncGroupRequest.SyncGroupRequestAssignment> Assign(string protocol, List<GroupMember> members, Dictionary<string, int> partitionCounts)
    {
        var assignor = group.Options.Assignors.FirstOrDefault(one => one.Name == protocol)
            ?? throw new KafkaGroupException(ErrorCode.InconsistentGroupProtocol, group.GroupId, $"Group '{group.GroupId}' has chosen the assignor '{protocol}', which this consumer does not offer. Name it in Assignors.");
        members.Sort(GroupMember.Order);
        try
        {
            var assigned = assignor.Assign(members, partitionCounts);
            return members.ConvertAll(member => new SyncGroupRequest.SyncGroupRequestAssignment
            {
                MemberId = member.Id,
                Assignment = ConsumerProtocolMessages.WriteAssignment(assigned.GetValueOrDefault(member.Id, [])),
            });
        }
        catch (Exception failure) when (failure is not KafkaException)
        {
            throw new KafkaGroupException(ErrorCode.UnknownServerError, group.GroupId, $"The assignor '{protocol}' failed for group '{group.GroupId}': {failure.Message}", failure);
        }
    }

    private GroupMember Read(JoinGroupResponse.JoinGroupResponseMember member)
    {
        try
        {
            return ConsumerProtocolMessages.ReadMember(member);
        }
        catch (MalformedMessageException malformed)
        {
            throw new KafkaGroupException(ErrorCode.InconsistentGroupProtocol, group.GroupId, $"Member {member.MemberId} of group '{group.GroupId}' does not say what it subscribes to as consumers do: {malformed.Message} Look for another program that uses the group's name.", malformed);
        }
    }

    private List<TopicPartition> Read(ReadOnlyMemory<byte> assignment)
    {
        try
        {
            return ConsumerProtocolMessages.ReadAssignment(assignment);
        }
        catch (MalformedMessageException malformed)
        {
            throw new KafkaGroupException(ErrorCode.InconsistentGroupProtocol, group.GroupId, $"What the leader of group '{group.GroupId}' has assigned cannot be read: {malformed.Message} Look for another program that uses the group's name.", malformed);
        }
    }
}
