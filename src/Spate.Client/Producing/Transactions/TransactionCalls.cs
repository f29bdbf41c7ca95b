using Spate.Client.Connections;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// What is asked of the coordinator of a transactional id, each in one attempt; <see cref="RetryAsync"/> makes several. Safe for use by several threads at once.
/// </summary>
internal sealed class TransactionCalls(Cluster cluster, ProducerOptions options) : IDisposable
{
    /// <summary>The feature whose level says how the cluster's transactions go, and the level from which on partitions are enrolled by being written to (KIP-890).</summary>
    private const string Feature = "transaction.version";
    private const short FirstImplicitLevel = 2;

    /// <summary>From here on a producer names the id and epoch that it goes on from (KIP-360).</summary>
    private const short FirstNamingInitialization = 3;

    /// <summary>Above these, requests speak of transactions of the newer kind, or are for brokers among themselves.</summary>
    private const short LastExplicitEnd = 4;
    private const short LastEnrolmentOfProducers = 3;

    private readonly CoordinatorLink _coordinator = new(cluster, CoordinatorType.Transaction, options.TransactionalId!);

    public string TransactionalId => options.TransactionalId!;

    /// <summary>Whether the cluster's transactions are of the kind whose partitions enrol themselves.</summary>
    /// <exception cref="KafkaException">The coordinator could not be found or asked.</exception>
    public async Task<bool> IsImplicitAsync(CancellationToken cancellationToken) =>
        (await _coordinator.VersionsAsync(cancellationToken).ConfigureAwait(false)).LevelOf(Feature) >= FirstImplicitLevel;

    /// <summary>Asks for the producer's id and epoch (InitProducerId), which puts out whoever had the transactional id and aborts what that one had under way.</summary>
    /// <param name="present">What this producer has already, so that it is refused when another one has come; none for one that begins.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="KafkaException">They were not given.</exception>
    public async Task<ProducerIdentity> InitializeAsync(ProducerIdentity present, CancellationToken cancellationToken)
    {
        if (!present.IsNone && (await _coordinator.VersionsAsync(cancellationToken).ConfigureAwait(false)).Choose(ApiKey.InitProducerId) < FirstNamingInitialization)
        {
            throw new KafkaException(
                ErrorCode.UnsupportedVersion,
                $"The numbers of '{TransactionalId}' have a gap, and brokers before Kafka 2.5 have no way to begin them anew. Dispose the producer and make another.")
            {
                IsFatal = true,
            };
        }

        using var reply = await AskAsync<InitProducerIdRequest, InitProducerIdResponse>(
            version => new InitProducerIdRequest
            {
                TransactionalId = TransactionalId,
                TransactionTimeoutMs = (int)options.TransactionTimeout.TotalMilliseconds,
                ProducerId = version >= FirstNamingInitialization ? present.Id : ProducerIdentity.None.Id,
                ProducerEpoch = version >= FirstNamingInitialization ? present.Epoch : ProducerIdentity.None.Epoch,
            },
            short.MaxValue,
            cancellationToken).ConfigureAwait(false);
        Require(reply.Message.ErrorCode, ApiKey.InitProducerId);
        return new ProducerIdentity(reply.Message.ProducerId, reply.Message.ProducerEpoch);
    }

    /// <summary>Makes partitions part of the transaction (AddPartitionsToTxn): of the older kind, before anything is written there.</summary>
    /// <exception cref="KafkaException">They are not.</exception>
    public async Task EnrolAsync(ProducerIdentity identity, IReadOnlyCollection<TopicPartition> partitions, CancellationToken cancellationToken)
    {
        using var reply = await AskAsync<AddPartitionsToTxnRequest, AddPartitionsToTxnResponse>(
            _ => new AddPartitionsToTxnRequest
            {
                V3AndBelowTransactionalId = TransactionalId,
                V3AndBelowProducerId = identity.Id,
                V3AndBelowProducerEpoch = identity.Epoch,
                V3AndBelowTopics =
                [
                    .. partitions.GroupBy(static name => name.Topic, static name => name.Partition, StringComparer.Ordinal)
                        .Select(static topic => new AddPartitionsToTxnRequest.AddPartitionsToTxnTopic { Name = topic.Key, Partitions = [.. topic] }),
                ],
            },
            LastEnrolmentOfProducers,
            cancellationToken).ConfigureAwait(false);
        foreach (var topic in reply.Message.ResultsByTopicV3AndBelow)
        {
            // Where one is refused the others were not tried, and say only that.
            foreach (var partition in topic.ResultsByPartition.Where(static one => one.PartitionErrorCode != ErrorCode.OperationNotAttempted))
            {
                TopicPartition name = new(topic.Name, partition.PartitionIndex);
                Require(partition.PartitionErrorCode, ApiKey.AddPartitionsToTxn, $"{name} in the transaction of '{TransactionalId}'", name);
            }
        }
    }

    /// <summary>Makes the offsets of a group part of the transaction (AddOffsetsToTxn): of the older kind, before they are committed.</summary>
    /// <exception cref="KafkaException">They are not.</exception>
    public async Task EnrolOffsetsAsync(ProducerIdentity identity, string groupId, CancellationToken cancellationToken)
    {
        using var reply = await AskAsync<AddOffsetsToTxnRequest, AddOffsetsToTxnResponse>(
            _ => new AddOffsetsToTxnRequest { TransactionalId = TransactionalId, ProducerId = identity.Id, ProducerEpoch = identity.Epoch, GroupId = groupId },
            short.MaxValue,
            cancellationToken).ConfigureAwait(false);
        Require(reply.Message.ErrorCode, ApiKey.AddOffsetsToTxn, $"group '{groupId}' in the transaction of '{TransactionalId}'");
    }

    /// <summary>Commits or aborts (EndTxn).</summary>
    /// <returns>What the producer goes on with: another epoch, or another id, with transactions of the newer kind.</returns>
    /// <exception cref="KafkaException">It is not known to be done.</exception>
    public async Task<ProducerIdentity> EndAsync(ProducerIdentity identity, bool isImplicit, bool commits, CancellationToken cancellationToken)
    {
        using var reply = await AskAsync<EndTxnRequest, EndTxnResponse>(
            _ => new EndTxnRequest { TransactionalId = TransactionalId, ProducerId = identity.Id, ProducerEpoch = identity.Epoch, Committed = commits },
            isImplicit ? short.MaxValue : LastExplicitEnd,
            cancellationToken).ConfigureAwait(false);
        Require(reply.Message.ErrorCode, ApiKey.EndTxn);
        return reply.Message.ProducerId >= 0 ? new ProducerIdentity(reply.Message.ProducerId, reply.Message.ProducerEpoch) : identity;
    }

    /// <summary>Tries until it is done, or what failed will not pass by itself, or <see cref="ProducerOptions.MaxBlock"/> is up.</summary>
    /// <exception cref="KafkaTimeoutException">The time is up.</exception>
    public Task<TResult> RetryAsync<TResult>(string what, Func<CancellationToken, Task<TResult>> attempt, CancellationToken cancellationToken) =>
        _coordinator.RetryAsync(what, options.MaxBlock, attempt, cancellationToken);

    public void Dispose() => _coordinator.Dispose();

    private Task<Reply<TResponse>> AskAsync<TRequest, TResponse>(Func<short, TRequest> make, short highestVersion, CancellationToken cancellationToken)
        where TRequest : class, IRequestMessage<TResponse>
        where TResponse : class, IResponseMessage, new() =>
        _coordinator.AskAsync<TRequest, TResponse>(BrokerPool.SharedLane, make, cluster.Options.RequestTimeout, highestVersion, cancellationToken);

    private void Require(ErrorCode code, ApiKey api, string? subject = null, TopicPartition? partition = null)
    {
        if (code == ErrorCode.None)
        {
            return;
        }

        var failure = TransactionFailure.Of(code, api, TransactionalId, _coordinator.Name, subject, partition);
        if (code is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            _coordinator.Forget();
        }

        throw failure;
    }
}
