using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Share;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Offsets;
using Spate.Coordination.Runtime;
using Spate.Coordination.Topics;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination;

/// <summary>
/// The coordinator of consumer groups and their offsets: one shard for each partition of __consumer_offsets, each of which answers for its
/// groups while this broker leads the partition. Requests and responses are the protocol's own; every failure is an error code in the
/// response. A join or sync is answered when its round has come so far, which can take as long as the members' rebalance timeout. Byte
/// fields of a request must stay as they are until its response is there. Safe for use by several threads at once.
/// </summary>
public sealed class GroupCoordinator
{
    private readonly CoordinatorShard<GroupShard>[] _shards;
    private readonly GroupCounts?[] _counts;

    /// <param name="options">What groups are held to; fixed for the coordinator's life.</param>
    /// <param name="time">The clock of sessions, rounds and retention.</param>
    /// <param name="random">The seed of member ids; used while constructing only.</param>
    /// <param name="logger">Where it is told what groups go through.</param>
    /// <param name="scheduler">Where shards run; the thread pool when null.</param>
    /// <param name="topics">Which topics there are; none when null.</param>
    /// <param name="settings">What is set for groups; defaults when null.</param>
    /// <param name="shares">What share groups learn from outside; when null, nothing can be initialized, and so nothing is assigned.</param>
    public GroupCoordinator(
        GroupCoordinatorOptions options,
        TimeProvider time,
        Random random,
        ILogger<GroupCoordinator> logger,
        IShardScheduler? scheduler = null,
        ITopicCatalog? topics = null,
        IGroupSettings? settings = null,
        ShareSurroundings? shares = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartitionCount, 1);
        _shards = new CoordinatorShard<GroupShard>[options.PartitionCount];
        _counts = new GroupCounts?[options.PartitionCount];
        var catalog = topics ?? NoTopics.Instance;
        var callers = new ShareStateCallers(
            shares?.States ?? NoShareStates.Instance, partition => _shards[partition], scheduler ?? ThreadPoolScheduler.Instance, time, options.Share.StateRetryBackoff, logger);
        ShareGroups = new ShareGroups(this, callers, catalog, shares?.Ends);
        for (var partition = 0; partition < _shards.Length; partition++)
        {
            var shardRandom = new Random(random.Next());
            var index = partition;
            var surroundings = new GroupSurroundings(catalog, settings ?? DefaultGroupSettings.Instance, callers.Of(index));
            _shards[partition] = new CoordinatorShard<GroupShard>(
                $"__consumer_offsets-{partition}",
                context =>
                {
                    var shard = new GroupShard(context, options, shardRandom, Figures, surroundings, logger);
                    Volatile.Write(ref _counts[index], shard.Counts);
                    return shard;
                },
                options.Shard,
                time,
                scheduler ?? ThreadPoolScheduler.Instance,
                logger);
        }
    }

    /// <summary>What groups have gone through so far.</summary>
    public GroupFigures Figures { get; } = new();

    /// <summary>The share groups among these groups, and what is asked of them alone.</summary>
    public ShareGroups ShareGroups { get; }

    /// <summary>Counts the groups that there are. Takes no part in the shards' work, so it may be a step behind it.</summary>
    public GroupCensus Count()
    {
        var active = new List<GroupCounts>();
        for (var index = 0; index < _shards.Length; index++)
        {
            if (_shards[index].Status == ShardStatus.Active && Volatile.Read(ref _counts[index]) is { } counts)
            {
                active.Add(counts);
            }
        }

        var classic = Enum.GetValues<ClassicGroupState>().ToDictionary(state => state.ToString(), state => active.Sum(counts => counts.Classic.Of(state)), StringComparer.Ordinal);
        var consumer = Enum.GetValues<ConsumerGroupState>().ToDictionary(state => state.ToString(), state => active.Sum(counts => counts.Consumer.Of(state)), StringComparer.Ordinal);
        var share = Enum.GetValues<ShareGroupState>().ToDictionary(state => state.ToString(), state => active.Sum(counts => counts.Share.Of(state)), StringComparer.Ordinal);
        var streams = Enum.GetValues<StreamsGroupState>().ToDictionary(state => state.ToString(), state => active.Sum(counts => counts.Streams.Of(state)), StringComparer.Ordinal);
        return new GroupCensus(
            classic,
            consumer,
            share,
            streams,
            classic.Values.Sum() + consumer.Values.Sum() + share.Values.Sum() + streams.Values.Sum(),
            active.Sum(counts => counts.Offsets),
            CountPartitions(ShardStatus.Loading),
            CountPartitions(ShardStatus.Active),
            CountPartitions(ShardStatus.Failed));
    }

    /// <summary>The partition of __consumer_offsets whose leader answers for the group.</summary>
    public int PartitionFor(string groupId) => GroupPartitioner.PartitionFor(groupId, _shards.Length);

    /// <summary>Whether the groups of a partition are answered for here and now.</summary>
    public ShardStatus StatusOf(int partition) => _shards[partition].Status;

    /// <summary>
    /// This broker has become the leader of a partition: reads its log, answering COORDINATOR_LOAD_IN_PROGRESS meanwhile, and answers for
    /// its groups then.
    /// </summary>
    /// <param name="partition">A partition of __consumer_offsets.</param>
    /// <param name="leaderEpoch">The epoch that the broker leads it in; calls with earlier epochs are ignored.</param>
    /// <param name="log">The partition's log.</param>
    /// <returns>
    /// Completes when the groups are there. Fails with what the log threw, and the groups stay unavailable; is cancelled when a later call
    /// has overtaken it.
    /// </returns>
    public Task LoadAsync(int partition, int leaderEpoch, ICoordinatorLog log) => _shards[partition].LoadAsync(leaderEpoch, log);

    /// <summary>This broker leads a partition no longer. Whoever waits for an answer is told NOT_COORDINATOR.</summary>
    /// <returns>Completes when all have been answered.</returns>
    public Task UnloadAsync(int partition, int leaderEpoch) => _shards[partition].UnloadAsync(leaderEpoch);

    /// <summary>JoinGroup, versions 0 to 9.</summary>
    public ValueTask<JoinGroupResponse> JoinGroupAsync(JoinGroupRequest request, GroupClient client) =>
        Shard(request.GroupId).SubmitAsync<JoinGroupResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Joins.Handle(request, client, reply),
            error => JoinReplies.Refused(GroupReplies.OfLog(error), request.MemberId, client.ApiVersion));

    /// <summary>SyncGroup, versions 0 to 5.</summary>
    public ValueTask<SyncGroupResponse> SyncGroupAsync(SyncGroupRequest request) =>
        Shard(request.GroupId).SubmitAsync<SyncGroupResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Syncs.Handle(request, reply),
            error => new SyncGroupResponse { ErrorCode = GroupReplies.OfLog(error) });

    /// <summary>Heartbeat, versions 0 to 4.</summary>
    public ValueTask<HeartbeatResponse> HeartbeatAsync(HeartbeatRequest request) => ReadAsync(
        request.GroupId,
        shard => new HeartbeatResponse { ErrorCode = shard.Heartbeats.Handle(request) },
        error => new HeartbeatResponse { ErrorCode = error });

    /// <summary>LeaveGroup, versions 0 to 5.</summary>
    public ValueTask<LeaveGroupResponse> LeaveGroupAsync(LeaveGroupRequest request, GroupClient client) =>
        Shard(request.GroupId).SubmitAsync<LeaveGroupResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Leaves.Handle(request, client, reply),
            error => new LeaveGroupResponse { ErrorCode = GroupReplies.OfLog(error) });

    /// <summary>ConsumerGroupHeartbeat, versions 0 and 1.</summary>
    public ValueTask<ConsumerGroupHeartbeatResponse> ConsumerGroupHeartbeatAsync(ConsumerGroupHeartbeatRequest request, GroupClient client) =>
        Shard(request.GroupId).SubmitAsync<ConsumerGroupHeartbeatResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.ConsumerHeartbeats.Handle(request, client, reply),
            error => HeartbeatReplies.Refused(GroupReplies.OfLog(error)));

    /// <summary>ConsumerGroupDescribe, versions 0 and 1. Authorized operations are the caller's to fill in.</summary>
    public async ValueTask<ConsumerGroupDescribeResponse> ConsumerGroupDescribeAsync(ConsumerGroupDescribeRequest request)
    {
        var response = new ConsumerGroupDescribeResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.GroupIds, groupId => ReadAsync(
            groupId,
            shard => shard.ConsumerDescription.Describe(groupId),
            error => ConsumerGroupDescription.Undescribed(groupId, error, null))));
        return response;
    }

    /// <summary>StreamsGroupHeartbeat, version 0. The caller sees to it that topics are created which the application lacks.</summary>
    public ValueTask<StreamsHeartbeatResult> StreamsGroupHeartbeatAsync(StreamsGroupHeartbeatRequest request, GroupClient client) =>
        Shard(request.GroupId).SubmitAsync<StreamsHeartbeatResult>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Streams.Heartbeats.Handle(request, client, reply),
            error => StreamsReplies.Refused(GroupReplies.OfLog(error)));

    /// <summary>StreamsGroupDescribe, version 0. Authorized operations are the caller's to fill in.</summary>
    public async ValueTask<StreamsGroupDescribeResponse> StreamsGroupDescribeAsync(StreamsGroupDescribeRequest request)
    {
        var response = new StreamsGroupDescribeResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.GroupIds, groupId => ReadAsync(
            groupId,
            shard => shard.Streams.Description.Describe(groupId),
            error => StreamsGroupDescription.Undescribed(groupId, error, null))));
        return response;
    }

    /// <summary>
    /// OffsetCommit, versions 0 to 10. Topics are known by Name, also in version 10: the caller fills it in, and leaves out topics that it
    /// does not know. TopicId comes back as it was given.
    /// </summary>
    public ValueTask<OffsetCommitResponse> OffsetCommitAsync(OffsetCommitRequest request, GroupClient client) =>
        Shard(request.GroupId).SubmitAsync<OffsetCommitResponse>(
            request.GroupId,
            CommandAccess.Shared,
            (shard, reply) => shard.Commits.Handle(request, client, reply),
            error => OffsetCommitReplies.Refused(request, GroupReplies.OfLogForCommit(error)));

    /// <summary>TxnOffsetCommit, versions 0 to 5: offsets that count once the producer's transaction is committed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="guard">What the partition's log gave for the verification of the transaction (KIP-890); 0 when none was needed, null when transactions are not verified.</param>
    public ValueTask<TxnOffsetCommitResponse> TxnOffsetCommitAsync(TxnOffsetCommitRequest request, long? guard) =>
        Shard(request.GroupId).SubmitAsync<TxnOffsetCommitResponse>(
            request.GroupId,
            CommandAccess.Shared,
            (shard, reply) => shard.PendingCommits.Handle(request, guard, reply),
            error => TxnOffsetCommitReplies.Refused(request, GroupReplies.OfLogForCommit(error)));

    /// <summary>The transaction of a producer has ended in a partition of __consumer_offsets: its offsets count from now on, or never have.</summary>
    /// <returns>None when the marker is in the partition's log, or why not; all but those of <see cref="Transactions.IMarkerWriter"/> may be tried again.</returns>
    public ValueTask<ErrorCode> EndTransactionAsync(int partition, TransactionEnd end) => partition >= _shards.Length
        ? ValueTask.FromResult(ErrorCode.UnknownTopicOrPartition)
        : _shards[partition].SubmitAsync<ErrorCode>(
            "", CommandAccess.Shared, (_, reply) => CommandOutcome.EndTransaction(end, () => reply.Complete(ErrorCode.None)), error => error);

    /// <summary>
    /// OffsetFetch, versions 0 to 10: one group up to 7, many from 8 on. Topics are known by Name, also in version 10: the caller fills it
    /// in, and in the response of a request for all topics fills in TopicId.
    /// </summary>
    public async ValueTask<OffsetFetchResponse> OffsetFetchAsync(OffsetFetchRequest request, GroupClient client)
    {
        if (client.ApiVersion < OffsetFetchReplies.ManyGroupsVersion)
        {
            return OffsetFetchReplies.OnlyGroup(
                request, await FetchAsync(OffsetFetchReplies.OnlyGroup(request), request.RequireStable), client.ApiVersion);
        }

        var response = new OffsetFetchResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.Groups, group => FetchAsync(group, request.RequireStable)));
        return response;
    }

    /// <summary>OffsetDelete, version 0.</summary>
    public ValueTask<OffsetDeleteResponse> OffsetDeleteAsync(OffsetDeleteRequest request) =>
        Shard(request.GroupId).SubmitAsync<OffsetDeleteResponse>(
            request.GroupId,
            CommandAccess.Exclusive,
            (shard, reply) => shard.Deletions.Handle(request, reply),
            error => new OffsetDeleteResponse { ErrorCode = GroupReplies.OfLog(error) });

    /// <summary>
    /// ListGroups, versions 0 to 5: the groups of all partitions that this broker leads. One that is still loading is an error beside the
    /// others' groups.
    /// </summary>
    public async ValueTask<ListGroupsResponse> ListGroupsAsync(ListGroupsRequest request)
    {
        var response = new ListGroupsResponse();
        foreach (var answer in await Questions.AskAllAsync(_shards, shard => ListAsync(shard, request)))
        {
            response.Groups.AddRange(answer.Groups);
            if (answer.ErrorCode is not (ErrorCode.None or ErrorCode.NotCoordinator))
            {
                response.ErrorCode = answer.ErrorCode;
            }
        }

        return response;
    }

    /// <summary>DescribeGroups, versions 0 to 6. Authorized operations are the caller's to fill in.</summary>
    public async ValueTask<DescribeGroupsResponse> DescribeGroupsAsync(DescribeGroupsRequest request, GroupClient client)
    {
        var response = new DescribeGroupsResponse();
        response.Groups.AddRange(await Questions.AskAllAsync(request.Groups, groupId => ReadAsync(
            groupId,
            shard => shard.Administration.Describe(groupId, client),
            error => GroupReplies.Undescribed(groupId, error, null))));
        return response;
    }

    /// <summary>DeleteGroups, versions 0 to 2.</summary>
    public async ValueTask<DeleteGroupsResponse> DeleteGroupsAsync(DeleteGroupsRequest request)
    {
        var response = new DeleteGroupsResponse();
        response.Results.AddRange(await Questions.AskAllAsync(request.GroupsNames, async groupId => new DeleteGroupsResponse.DeletableGroupResult
        {
            GroupId = groupId,
            ErrorCode = await Shard(groupId).SubmitAsync<ErrorCode>(
                groupId,
                CommandAccess.Exclusive,
                (shard, reply) => shard.Administration.Delete(groupId, reply),
                GroupReplies.OfLog),
        }));
        return response;
    }

    /// <summary>Ends the sessions of a group's members now, as if they had been silent for their time.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="memberId">The member, or null for all of them.</param>
    /// <returns>GROUP_ID_NOT_FOUND or UNKNOWN_MEMBER_ID when there is nobody whose session could end.</returns>
    public ValueTask<ErrorCode> ExpireMembersAsync(string groupId, string? memberId) => Shard(groupId).SubmitAsync<ErrorCode>(
        groupId,
        CommandAccess.Exclusive,
        (shard, reply) => shard.Sessions.End(groupId, memberId, reply),
        GroupReplies.OfLog);

    /// <summary>
    /// Topics have been deleted: forgets what groups of the partitions that this broker leads have committed for them, and has the delivery state of share groups deleted.
    /// </summary>
    /// <returns>None, or the last error that a group met with, which the caller may try again; groups that were met with before stay done.</returns>
    public async ValueTask<ErrorCode> ForgetTopicsAsync(IReadOnlyCollection<string> topics)
    {
        var answers = await Questions.AskAllAsync(_shards, async shard =>
        {
            var committed = await EachAsync(
                shard, CommandAccess.Shared, state => state.Deletions.GroupsWith(topics), (state, groupId, reply) => state.Deletions.ForgetTopics(groupId, topics, reply));
            var shared = await EachAsync(
                shard, CommandAccess.Exclusive, state => state.Share.States.GroupsWith(topics), (state, groupId, reply) => state.Share.States.ForgetTopics(groupId, topics, reply));
            return committed == ErrorCode.None ? shared : committed;
        });
        return answers.FirstOrDefault(answer => answer != ErrorCode.None);
    }

    /// <summary>Looks at committed state, in the shard's own time.</summary>
    internal ValueTask<TReply> ReadAsync<TReply>(string groupId, Func<GroupShard, TReply> read, Func<ErrorCode, TReply> refusal) =>
        Shard(groupId).SubmitAsync(groupId, CommandAccess.Immediate, (shard, reply) => Answer(reply, read(shard)), refusal);

    private static CommandOutcome Answer<TReply>(Reply<TReply> reply, TReply answer)
    {
        reply.Complete(answer);
        return CommandOutcome.Done;
    }

    private static ValueTask<ListGroupsResponse> ListAsync(CoordinatorShard<GroupShard> shard, ListGroupsRequest request) =>
        shard.SubmitAsync<ListGroupsResponse>(
            "",
            CommandAccess.Immediate,
            (state, reply) =>
            {
                var response = new ListGroupsResponse();
                response.Groups.AddRange(state.Administration.List(request));
                return Answer(reply, response);
            },
            error => new ListGroupsResponse { ErrorCode = error });

    /// <summary>Runs a command for each of some groups of a shard, and says what went wrong with any.</summary>
    private static async ValueTask<ErrorCode> EachAsync(
        CoordinatorShard<GroupShard> shard, CommandAccess access, Func<GroupShard, IReadOnlyList<string>> find, Func<GroupShard, string, Reply<ErrorCode>, CommandOutcome> execute)
    {
        var (groups, error) = await shard.SubmitAsync<(IReadOnlyList<string> Groups, ErrorCode Error)>(
            "", CommandAccess.Immediate, (state, reply) => Answer(reply, (find(state), ErrorCode.None)), error => ([], error));
        var results = await Questions.AskAllAsync(groups, groupId => shard.SubmitAsync<ErrorCode>(groupId, access, (state, reply) => execute(state, groupId, reply), GroupReplies.OfLog));
        return results.Append(error).FirstOrDefault(result => result is not (ErrorCode.None or ErrorCode.NotCoordinator));
    }

    private ValueTask<OffsetFetchResponse.OffsetFetchResponseGroup> FetchAsync(OffsetFetchRequest.OffsetFetchRequestGroup group, bool requireStable) => ReadAsync(
        group.GroupId, shard => shard.Fetches.Handle(group, requireStable), error => OffsetFetchReplies.Refused(group.GroupId, error));

    private int CountPartitions(ShardStatus status) => _shards.Count(shard => shard.Status == status);

    /// <summary>The shard that answers for a group.</summary>
    internal CoordinatorShard<GroupShard> Shard(string groupId) => _shards[PartitionFor(groupId)];
}
