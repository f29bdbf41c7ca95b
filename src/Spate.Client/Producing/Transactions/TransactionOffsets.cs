using System.Collections.Concurrent;
using Spate.Client.Connections;
using Spate.Client.Consuming;
using Spate.Client.Consuming.Groups;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// Commits offsets of groups as part of a transaction (TxnOffsetCommit), at the coordinators of the groups. The member is named, so that one that its group has put out commits
/// nothing (KIP-447). Safe for use by several threads at once.
/// </summary>
internal sealed class TransactionOffsets(Cluster cluster, TransactionCalls calls) : IDisposable
{
    private const short FirstNamingMembers = 3;
    private const short LastExplicit = 4;

    private readonly ConcurrentDictionary<string, CoordinatorLink> _coordinators = new(StringComparer.Ordinal);

    /// <param name="scope">The transaction.</param>
    /// <param name="member">Who commits, asked for each attempt. Where the answer has changed since the attempt that was refused, another one is made.</param>
    /// <param name="offsets">The next offset to be read, for each partition.</param>
    /// <param name="cancellationToken">Gives up. Whether they are part of the transaction is then not known.</param>
    /// <exception cref="KafkaException">They could not be made part of it.</exception>
    public async Task SendAsync(
        TransactionScope scope, Func<ConsumerGroupMetadata> member, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken)
    {
        var groupId = member().GroupId;
        if (offsets.Count == 0)
        {
            return;
        }

        scope.Begin();
        if (!scope.IsImplicit)
        {
            await calls.RetryAsync(
                $"Making the offsets of group '{groupId}' part of the transaction",
                async token =>
                {
                    await calls.EnrolOffsetsAsync(scope.Identity, groupId, token).ConfigureAwait(false);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
            scope.Confirm();
        }

        await calls.RetryAsync(
            $"Committing offsets of group '{groupId}'",
            async token =>
            {
                await AttemptAsync(scope, member(), member, offsets, token).ConfigureAwait(false);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var coordinator in _coordinators.Values)
        {
            coordinator.Dispose();
        }
    }

    private async Task AttemptAsync(
        TransactionScope scope, ConsumerGroupMetadata sent, Func<ConsumerGroupMetadata> member, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken)
    {
        var coordinator = _coordinators.GetOrAdd(sent.GroupId, groupId => new CoordinatorLink(cluster, CoordinatorType.Group, groupId));
        using var reply = await coordinator.AskAsync<TxnOffsetCommitRequest, TxnOffsetCommitResponse>(
            BrokerPool.SharedLane, version => Make(version, scope, sent, offsets), cluster.Options.RequestTimeout, scope.IsImplicit ? short.MaxValue : LastExplicit, cancellationToken).ConfigureAwait(false);
        foreach (var topic in reply.Message.Topics)
        {
            foreach (var partition in topic.Partitions.Where(static one => one.ErrorCode != ErrorCode.None))
            {
                if (partition.ErrorCode is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
                {
                    coordinator.Forget();
                }

                throw Failure(partition.ErrorCode, sent, member, coordinator.Name, new TopicPartition(topic.Name, partition.PartitionIndex));
            }
        }
    }

    private TxnOffsetCommitRequest Make(short version, TransactionScope scope, ConsumerGroupMetadata member, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets)
    {
        if (version < FirstNamingMembers && member.MemberId.Length > 0)
        {
            throw new KafkaException(
                ErrorCode.UnsupportedVersion,
                $"Brokers before Kafka 2.5 cannot tell whether a member of group '{member.GroupId}' still is one, and would commit the offsets of one that is not. Upgrade the broker, or name the consumer's partitions by hand and give each its own TransactionalId.");
        }

        return new TxnOffsetCommitRequest
        {
            TransactionalId = calls.TransactionalId,
            GroupId = member.GroupId,
            ProducerId = scope.Identity.Id,
            ProducerEpoch = scope.Identity.Epoch,
            GenerationId = version >= FirstNamingMembers ? member.Epoch : -1,
            MemberId = version >= FirstNamingMembers ? member.MemberId : "",
            GroupInstanceId = version >= FirstNamingMembers ? member.GroupInstanceId : null,
            Topics =
            [
                .. offsets.GroupBy(static pair => pair.Key.Topic, StringComparer.Ordinal).Select(static topic => new TxnOffsetCommitRequest.TxnOffsetCommitRequestTopic
                {
                    Name = topic.Key,
                    Partitions =
                    [
                        .. topic.Select(static pair => new TxnOffsetCommitRequest.TxnOffsetCommitRequestPartition
                        {
                            PartitionIndex = pair.Key.Partition,
                            CommittedOffset = pair.Value.Offset,
                            CommittedLeaderEpoch = pair.Value.LeaderEpoch,
                            CommittedMetadata = pair.Value.Metadata,
                        }),
                    ],
                }),
            ],
        };
    }

    private KafkaException Failure(ErrorCode code, ConsumerGroupMetadata sent, Func<ConsumerGroupMetadata> member, string? broker, TopicPartition name) => code switch
    {
        ErrorCode.IllegalGeneration or ErrorCode.UnknownMemberId or ErrorCode.FencedMemberEpoch or ErrorCode.StaleMemberEpoch or ErrorCode.FencedInstanceId or ErrorCode.RebalanceInProgress =>
            new KafkaGroupException(
                code,
                sent.GroupId,
                $"The offsets of {name} were refused by group '{sent.GroupId}' with {ErrorCatalog.NameOf(code)}: the consumer is not the member that it was, and its partitions may be somebody else's. If processing is what takes so long, raise MaxPollInterval or do less in one transaction.")
            {
                Broker = broker,
                Partition = name,
                IsRetriable = code != ErrorCode.FencedInstanceId && member() != sent,
            },
        ErrorCode.GroupAuthorizationFailed or ErrorCode.InvalidGroupId => GroupFailure.Of(code, ApiKey.TxnOffsetCommit, sent.GroupId, broker, name),
        _ => TransactionFailure.Of(code, ApiKey.TxnOffsetCommit, calls.TransactionalId, broker, $"{name} of group '{sent.GroupId}'", name),
    };
}
