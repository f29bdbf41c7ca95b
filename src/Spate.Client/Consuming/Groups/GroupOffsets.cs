using Spate.Client.Errors;
using Spate.Client.Telemetry;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// Keeps a group's offsets at its coordinator: what is finished, and what a caller says. Commits follow one another, so that none is overtaken by an older one. Safe for use by
/// several threads at once.
/// </summary>
internal sealed class GroupOffsets(GroupContext group) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Whether partitions come from the group, so that only a member may commit.</summary>
    public bool IsSubscribed { get; set; }

    /// <summary>Commits what is finished and not committed yet.</summary>
    /// <param name="only">Of these partitions; null for all that are read.</param>
    /// <param name="timeout">How long to go on after failures; zero for a single attempt.</param>
    /// <param name="cancellationToken">Gives up. Whether it was committed is then not known.</param>
    /// <param name="isLast">The partitions are about to go. A topic that the coordinator does not know has most likely been deleted, and nobody waits for it to come back.</param>
    /// <exception cref="KafkaException">It could not be committed.</exception>
    public async Task CommitFinishedAsync(IReadOnlyCollection<TopicPartition>? only, TimeSpan timeout, CancellationToken cancellationToken, bool isLast = false)
    {
        var rest = await TakeTurnAsync(timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            var finished = new Dictionary<TopicPartition, CommittedOffset>();
            var cluster = group.Cluster.Metadata.Current;
            lock (group.Prefetch.Gate)
            {
                foreach (var cursor in group.Prefetch.Cursors)
                {
                    // Of a topic that was made anew nothing is finished before the reading of it has begun; a commit goes by the name, or by the id that has it now.
                    if (cursor.Finished >= 0 && cursor.Finished != cursor.Committed && cursor.IsOf(cluster) && only?.Contains(cursor.Name) != false)
                    {
                        finished[cursor.Name] = new CommittedOffset(cursor.Finished, LeaderEpoch: cursor.FinishedEpoch);
                    }
                }
            }

            if (finished.Count > 0)
            {
                await SendAsync(finished, timeout, rest, isLast, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Commits what the caller says.</summary>
    /// <inheritdoc cref="CommitFinishedAsync" path="/exception"/>
    public async Task CommitAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken)
    {
        var timeout = group.Cluster.Options.ApiTimeout;
        var rest = await TakeTurnAsync(timeout, cancellationToken).ConfigureAwait(false);
        try
        {
            await SendAsync(offsets, timeout, rest, isLast: false, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>What is committed, in one attempt; null where nothing is.</summary>
    /// <exception cref="KafkaException">It could not be asked for.</exception>
    public async Task<Dictionary<TopicPartition, CommittedOffset?>> FetchAsync(IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        var cluster = group.Cluster.Metadata.Current;
        var identity = group.Options.GroupProtocol == GroupProtocol.Consumer && group.Identity is { IsMember: true } member ? member : null;
        using var reply = await group.Coordinator.AskAsync<OffsetFetchRequest, OffsetFetchResponse>(
            version => OffsetMessages.Fetch(version, group.GroupId, identity, partitions, cluster),
            cancellationToken,
            OffsetMessages.HighestVersion(partitions, cluster)).ConfigureAwait(false);
        var (error, read) = OffsetMessages.Read(reply.Message, reply.Version, group.GroupId, cluster);
        if (error is ErrorCode.StaleMemberEpoch or ErrorCode.UnknownMemberId)
        {
            throw Moved(error, ApiKey.OffsetFetch, isRetriable: true);
        }

        group.Coordinator.Require(error, ApiKey.OffsetFetch);
        var found = new Dictionary<TopicPartition, CommittedOffset?>();
        foreach (var (name, code, offset) in read)
        {
            group.Coordinator.Require(code, ApiKey.OffsetFetch, name);
            found[name] = offset.Offset < 0 ? null : offset;
        }

        return partitions.All(found.ContainsKey)
            ? found
            : throw new KafkaConnectionException($"Broker {group.Coordinator.Name} answered without a word on {partitions.First(name => !found.ContainsKey(name))}.");
    }

    public void Dispose() => _turn.Dispose();

    /// <summary>Waits for the commits before this one.</summary>
    /// <returns>What is left of the time.</returns>
    private async Task<TimeSpan> TakeTurnAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (timeout == TimeSpan.Zero)
        {
            await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
            return timeout;
        }

        var clock = group.Cluster.Clock;
        var began = clock.GetTimestamp();
        using var patience = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await _turn.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KafkaTimeoutException(
                $"Committing offsets for group '{group.GroupId}' was not begun within {timeout.TotalMilliseconds} ms: the commit before it was still under way. Look at what that says.")
            {
                Broker = group.Coordinator.Name,
            };
        }

        var rest = timeout - clock.GetElapsedTime(began);
        return rest > TimeSpan.Zero ? rest : TimeSpan.FromMilliseconds(1);
    }

    /// <summary>Commits, and has it measured.</summary>
    private async Task SendAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, TimeSpan timeout, TimeSpan rest, bool isLast, CancellationToken cancellationToken)
    {
        var began = group.Cluster.Clock.GetTimestamp();
        try
        {
            await CommitAsync(offsets, timeout, rest, isLast, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            Settlement.Ended(group.Cluster, group.GroupId, MessagingTags.Commit, group.Coordinator.Node, began, failure);
            throw;
        }

        Settlement.Ended(group.Cluster, group.GroupId, MessagingTags.Commit, group.Coordinator.Node, began, error: null);
    }

    private async Task CommitAsync(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, TimeSpan timeout, TimeSpan rest, bool isLast, CancellationToken cancellationToken)
    {
        var cursors = Cursors(offsets.Keys);
        var identity = group.Identity;
        var refused = ErrorCode.None;
        await group.Coordinator.RetryAsync(
            "Committing offsets",
            rest,
            async token =>
            {
                // Where the partitions never left this member it may go on under its present identity.
                var isHeld = cursors.Count == offsets.Count && Cursors(offsets.Keys).SequenceEqual(cursors);
                if (refused != ErrorCode.None && !isHeld)
                {
                    throw Moved(refused, ApiKey.OffsetCommit, isRetriable: false);
                }

                identity = isHeld ? group.Identity : identity;
                if (IsSubscribed && !identity.IsMember)
                {
                    throw Moved(ErrorCode.UnknownMemberId, ApiKey.OffsetCommit, isRetriable: false);
                }

                refused = await AttemptAsync(identity, offsets, isLast, token).ConfigureAwait(false);
                return refused == ErrorCode.None
                    ? refused
                    : throw Moved(refused, ApiKey.OffsetCommit, isHeld && (refused is ErrorCode.RebalanceInProgress or ErrorCode.StaleMemberEpoch || group.Identity != identity));
            },
            cancellationToken,
            timeout).ConfigureAwait(false);
        lock (group.Prefetch.Gate)
        {
            foreach (var cursor in cursors)
            {
                cursor.Commit(offsets[cursor.Name].Offset);
            }
        }
    }

    /// <summary>Commits; gives the code when the group has moved on, and throws all else that went wrong.</summary>
    private async Task<ErrorCode> AttemptAsync(MemberIdentity identity, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, bool isLast, CancellationToken cancellationToken)
    {
        KafkaException? gone = null;
        var cluster = group.Cluster.Metadata.Current;
        using var reply = await group.Coordinator.AskAsync<OffsetCommitRequest, OffsetCommitResponse>(
            version => OffsetMessages.Commit(version, group.GroupId, identity, group.Options.GroupInstanceId, offsets, cluster),
            cancellationToken,
            OffsetMessages.HighestVersion(offsets.Keys, cluster)).ConfigureAwait(false);
        foreach (var topic in reply.Message.Topics)
        {
            foreach (var partition in topic.Partitions)
            {
                if (partition.ErrorCode is ErrorCode.RebalanceInProgress or ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch
                    or ErrorCode.StaleMemberEpoch or ErrorCode.FencedInstanceId)
                {
                    return partition.ErrorCode;
                }

                var topicName = topic.Name.Length > 0 ? topic.Name : OffsetMessages.NameOf(topic.TopicId, cluster);
                TopicPartition? name = topicName is null ? null : new TopicPartition(topicName, partition.PartitionIndex);
                if (isLast && partition.ErrorCode is ErrorCode.UnknownTopicOrPartition or ErrorCode.UnknownTopicId)
                {
                    // The others are committed all the same.
                    var said = BrokerFailure.Describe(partition.ErrorCode, ApiKey.OffsetCommit, group.Coordinator.Name, $"group '{group.GroupId}', partition {name},", said: null);
                    gone ??= new KafkaGroupException(partition.ErrorCode, group.GroupId, said) { Broker = group.Coordinator.Name, Partition = name, IsRetriable = false };
                    continue;
                }

                group.Coordinator.Require(partition.ErrorCode, ApiKey.OffsetCommit, name);
            }
        }

        return gone is null ? ErrorCode.None : throw gone;
    }

    private List<PartitionCursor> Cursors(IEnumerable<TopicPartition> partitions)
    {
        lock (group.Prefetch.Gate)
        {
            return [.. partitions.Select(group.Prefetch.Find).OfType<PartitionCursor>()];
        }
    }

    private KafkaGroupException Moved(ErrorCode code, ApiKey api, bool isRetriable) => new(
        code,
        group.GroupId,
        $"{api} was refused by group '{group.GroupId}' with {ErrorCatalog.NameOf(code)}: this consumer is not the member that it was, and its partitions may be somebody else's. "
        + (code == ErrorCode.FencedInstanceId
            ? $"Another member has come as '{group.Options.GroupInstanceId}'; give each its own GroupInstanceId."
            : "What was not committed is read again by whoever has the partitions now. If processing is what takes so long, raise MaxPollInterval or do less at a time."))
    {
        Broker = group.Coordinator.Name,
        IsRetriable = isRetriable,
        IsFatal = code == ErrorCode.FencedInstanceId,
    };
}
