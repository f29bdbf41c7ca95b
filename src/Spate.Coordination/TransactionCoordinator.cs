using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups;
using Spate.Coordination.Runtime;
using Spate.Coordination.Transactions;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination;

/// <summary>
/// The coordinator of transactions: one shard for each partition of __transaction_state, each of which answers for its transactional ids while
/// this broker leads the partition. Every failure is an error code in the response, as the newest version of the request knows it. Safe for
/// use by several threads at once.
/// </summary>
public sealed class TransactionCoordinator
{
    private readonly CoordinatorShard<TransactionShard>[] _shards;
    private readonly MarkerSender[] _senders;
    private readonly Func<CancellationToken, ValueTask<long?>> _nextProducerId;

    /// <param name="options">What transactions are held to; fixed for the coordinator's life.</param>
    /// <param name="markers">Where the ends of transactions are told.</param>
    /// <param name="nextProducerId">Gives a producer id that nobody has had; null when there are no more. Fails with an IOException when none can be had now.</param>
    /// <param name="time">The clock of timeouts and expiration.</param>
    /// <param name="logger">Where it is told what transactions go through.</param>
    /// <param name="scheduler">Where shards run; the thread pool when null.</param>
    public TransactionCoordinator(
        TransactionCoordinatorOptions options,
        IMarkerWriter markers,
        Func<CancellationToken, ValueTask<long?>> nextProducerId,
        TimeProvider time,
        ILogger<TransactionCoordinator> logger,
        IShardScheduler? scheduler = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PartitionCount, 1);
        _nextProducerId = nextProducerId;
        _shards = new CoordinatorShard<TransactionShard>[options.PartitionCount];
        _senders = new MarkerSender[options.PartitionCount];
        for (var partition = 0; partition < _shards.Length; partition++)
        {
            var index = partition;
            var sender = new MarkerSender(markers, job => CompleteAsync(index, job), time, options.MarkerRetryBackoff, logger);
            _senders[partition] = sender;
            _shards[partition] = new CoordinatorShard<TransactionShard>(
                $"__transaction_state-{partition}",
                context => new TransactionShard(context, options, sender, logger),
                options.Shard,
                time,
                scheduler ?? ThreadPoolScheduler.Instance,
                logger);
        }
    }

    /// <summary>Transactions that are decided and whose markers are being written.</summary>
    public int EndingTransactions => _senders.Sum(sender => sender.Count);

    /// <summary>The partition of __transaction_state whose leader answers for the transactional id.</summary>
    public int PartitionFor(string transactionalId) => GroupPartitioner.PartitionFor(transactionalId, _shards.Length);

    /// <summary>Whether the transactional ids of a partition are answered for here and now.</summary>
    public ShardStatus StatusOf(int partition) => _shards[partition].Status;

    /// <inheritdoc cref="GroupCoordinator.LoadAsync"/>
    public Task LoadAsync(int partition, int leaderEpoch, ICoordinatorLog log) => _shards[partition].LoadAsync(leaderEpoch, log);

    /// <inheritdoc cref="GroupCoordinator.UnloadAsync"/>
    public Task UnloadAsync(int partition, int leaderEpoch) => _shards[partition].UnloadAsync(leaderEpoch);

    /// <summary>Writes no more markers; completes when none is under way. What is left is written by whoever loads the partitions next.</summary>
    public Task StopMarkersAsync() => Task.WhenAll(_senders.Select(sender => sender.DisposeAsync().AsTask()));

    /// <summary>InitProducerId with a transactional id, versions 0 to 5.</summary>
    public async ValueTask<InitProducerIdResponse> InitProducerIdAsync(InitProducerIdRequest request, CancellationToken cancellationToken)
    {
        if (request.TransactionalId is not { Length: > 0 } id)
        {
            return InitializationRefused(ErrorCode.InvalidRequest);
        }

        return await WithProducerIdAsync(
            freshId => Shard(id).SubmitAsync<InitProducerIdResponse?>(
                id,
                CommandAccess.Exclusive,
                (shard, reply) => shard.Initializations.Handle(request, freshId, reply),
                error => InitializationRefused(GroupReplies.OfLog(error))),
            InitializationRefused,
            cancellationToken);
    }

    /// <summary>Partitions become part of a transaction: AddPartitionsToTxn versions 0 to 5, AddOffsetsToTxn 0 to 4, and what Produce and TxnOffsetCommit bring along.</summary>
    /// <param name="owner">Who asks.</param>
    /// <param name="partitions">Partitions that exist.</param>
    /// <param name="clientVersion">The version of transactions that the client speaks: 2 when each has an epoch of its own, else 0.</param>
    public ValueTask<ErrorCode> AddPartitionsAsync(TransactionOwner owner, IReadOnlyCollection<TopicPartition> partitions, short clientVersion) =>
        owner.TransactionalId.Length == 0
            ? ValueTask.FromResult(ErrorCode.InvalidRequest)
            : Shard(owner.TransactionalId).SubmitAsync<ErrorCode>(
                owner.TransactionalId,
                CommandAccess.Exclusive,
                (shard, reply) => shard.Enrolments.Add(owner, partitions, clientVersion, reply),
                GroupReplies.OfLog);

    /// <summary>Whether partitions are part of the transaction that is under way (KIP-890); TRANSACTION_ABORTABLE for those that are not.</summary>
    /// <returns>The answers, in the order of the partitions.</returns>
    public ValueTask<ErrorCode[]> VerifyPartitionsAsync(TransactionOwner owner, IReadOnlyCollection<TopicPartition> partitions) =>
        owner.TransactionalId.Length == 0
            ? ValueTask.FromResult(All(partitions, ErrorCode.InvalidRequest))
            : Shard(owner.TransactionalId).SubmitAsync<ErrorCode[]>(
                owner.TransactionalId,
                CommandAccess.Immediate,
                (shard, reply) =>
                {
                    reply.Complete([.. partitions.Select(shard.Enrolments.Verify(owner))]);
                    return CommandOutcome.Done;
                },
                error => All(partitions, error));

    /// <summary>EndTxn, versions 0 to 5.</summary>
    /// <param name="request">The request.</param>
    /// <param name="version">Its version: from 5 on the producer gets another epoch with the answer.</param>
    /// <param name="cancellationToken">Gives up waiting for a producer id.</param>
    public async ValueTask<EndTxnResponse> EndTransactionAsync(EndTxnRequest request, short version, CancellationToken cancellationToken) =>
        request.TransactionalId.Length == 0
            ? EndRefused(ErrorCode.InvalidRequest)
            : await WithProducerIdAsync(
                freshId => Shard(request.TransactionalId).SubmitAsync<EndTxnResponse?>(
                    request.TransactionalId,
                    CommandAccess.Exclusive,
                    (shard, reply) => shard.Endings.End(request, version, freshId, reply),
                    error => EndRefused(GroupReplies.OfLog(error))),
                EndRefused,
                cancellationToken);

    /// <summary>DescribeTransactions, version 0.</summary>
    public async ValueTask<DescribeTransactionsResponse> DescribeAsync(DescribeTransactionsRequest request)
    {
        var response = new DescribeTransactionsResponse();
        foreach (var id in request.TransactionalIds)
        {
            response.TransactionStates.Add(id.Length == 0
                ? Undescribed(id, ErrorCode.InvalidRequest)
                : await Shard(id).SubmitAsync<DescribeTransactionsResponse.DescribedTransaction>(
                    id,
                    CommandAccess.Immediate,
                    (shard, reply) =>
                    {
                        reply.Complete(shard.Reports.Describe(id));
                        return CommandOutcome.Done;
                    },
                    error => Undescribed(id, error)));
        }

        return response;
    }

    /// <summary>ListTransactions, versions 0 to 2: those of all partitions that this broker leads.</summary>
    public async ValueTask<ListTransactionsResponse> ListAsync(ListTransactionsRequest request)
    {
        var response = new ListTransactionsResponse
        {
            UnknownStateFilters = [.. request.StateFilters.Where(state => !Enum.GetNames<TransactionState>().Contains(state, StringComparer.Ordinal))],
        };
        Regex? pattern;
        try
        {
            // Without backtracking, so that no pattern takes longer than the name that it is held against.
            pattern = request.TransactionalIdPattern is { Length: > 0 } text ? new Regex($@"\A(?:{text})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        }
        catch (Exception invalid) when (invalid is ArgumentException or NotSupportedException)
        {
            response.ErrorCode = ErrorCode.InvalidRegularExpression;
            return response;
        }

        foreach (var shard in _shards)
        {
            var (error, listed) = await shard.SubmitAsync<(ErrorCode Error, List<ListTransactionsResponse.ListedTransaction> Listed)>(
                "",
                CommandAccess.Immediate,
                (state, reply) =>
                {
                    reply.Complete((ErrorCode.None, [.. state.Reports.List(request, pattern)]));
                    return CommandOutcome.Done;
                },
                refused => (refused, []));
            response.TransactionStates.AddRange(listed);
            if (error is not (ErrorCode.None or ErrorCode.NotCoordinator))
            {
                return new ListTransactionsResponse { ErrorCode = error };
            }
        }

        return response;
    }

    /// <summary>Looks at committed state, in the shard's own time.</summary>
    internal ValueTask<TReply> ReadAsync<TReply>(int partition, Func<TransactionShard, TReply> read, Func<ErrorCode, TReply> refusal) =>
        _shards[partition].SubmitAsync<TReply>(
            "",
            CommandAccess.Immediate,
            (shard, reply) =>
            {
                reply.Complete(read(shard));
                return CommandOutcome.Done;
            },
            refusal);

    private static InitProducerIdResponse InitializationRefused(ErrorCode error) =>
        new() { ErrorCode = error, ProducerId = Transaction.NoProducerId, ProducerEpoch = Transaction.NoEpoch };

    private static EndTxnResponse EndRefused(ErrorCode error) =>
        new() { ErrorCode = error, ProducerId = Transaction.NoProducerId, ProducerEpoch = Transaction.NoEpoch };

    private static DescribeTransactionsResponse.DescribedTransaction Undescribed(string transactionalId, ErrorCode error) =>
        new() { TransactionalId = transactionalId, ErrorCode = error };

    private static ErrorCode[] All(IReadOnlyCollection<TopicPartition> partitions, ErrorCode error)
    {
        var answers = new ErrorCode[partitions.Count];
        Array.Fill(answers, error);
        return answers;
    }

    private CoordinatorShard<TransactionShard> Shard(string transactionalId) => _shards[PartitionFor(transactionalId)];

    /// <summary>Asks; and when the answer needs a producer id that nobody has had, gets one and asks again.</summary>
    private async ValueTask<TResponse> WithProducerIdAsync<TResponse>(
        Func<long?, ValueTask<TResponse?>> ask, Func<ErrorCode, TResponse> refused, CancellationToken cancellationToken)
        where TResponse : class
    {
        if (await ask(null) is { } answer)
        {
            return answer;
        }

        try
        {
            // With an id at hand the shard never asks for one.
            return await _nextProducerId(cancellationToken) is { } id ? (await ask(id))! : refused(ErrorCode.UnknownServerError);
        }
        catch (IOException)
        {
            return refused(ErrorCode.CoordinatorNotAvailable);
        }
    }

    private ValueTask<ErrorCode> CompleteAsync(int partition, MarkerJob job) => _shards[partition].SubmitAsync<ErrorCode>(
        job.TransactionalId, CommandAccess.Exclusive, (shard, reply) => shard.Endings.Complete(job, reply), GroupReplies.OfLog);
}
