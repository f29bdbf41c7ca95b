using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// A producer's hold of its transactional id: its id and epoch, and one transaction after the other. What begins and ends does so one step at a time; records go past this, by the
/// <see cref="TransactionScope"/>.
/// </summary>
internal sealed class TransactionSession : IDisposable
{
    private readonly Cluster _cluster;
    private readonly TransactionCalls _calls;
    private readonly TransactionOffsets _offsets;
    private readonly Accumulator _accumulator;
    private readonly ProducerSender _sender;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ProducerIdentity _identity = ProducerIdentity.None;
    private ProducerTransaction? _last;
    private bool _needsIdentity = true;

    public TransactionSession(Cluster cluster, Accumulator accumulator, ProducerSender sender, TransactionCalls calls)
    {
        _cluster = cluster;
        _calls = calls;
        _offsets = new TransactionOffsets(cluster, calls);
        _accumulator = accumulator;
        _sender = sender;
    }

    public string TransactionalId => _calls.TransactionalId;

    /// <summary>Begins a transaction, once the one before has ended.</summary>
    public async Task<ProducerTransaction> BeginAsync(ProducerIntake intake, Consumer? reads, CancellationToken cancellationToken)
    {
        var readings = reads?.ReadForTransactions();
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ThrowIfFatal();
            if (_last is { IsOver: false })
            {
                throw new InvalidOperationException("A transaction of this producer is under way, and it has one at a time: commit, abort or dispose it first, or make another producer with a TransactionalId of its own.");
            }

            if (_last is { IsUnfinished: true } unfinished)
            {
                await TakeBackAsync(unfinished.Scope, cancellationToken).ConfigureAwait(false);
            }

            if (_needsIdentity)
            {
                _identity = await InitializeAsync(cancellationToken).ConfigureAwait(false);
                _needsIdentity = false;
            }

            var isImplicit = await _calls.RetryAsync("Beginning a transaction", _calls.IsImplicitAsync, cancellationToken).ConfigureAwait(false);
            var scope = new TransactionScope(TransactionalId, _identity, isImplicit);
            _last?.Scope.Dispose();
            _last = new ProducerTransaction(this, intake, scope, readings);
            _sender.Enter(scope);
            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes offsets part of a transaction.</summary>
    /// <exception cref="KafkaException">They could not be: the transaction has to be aborted.</exception>
    public async Task SendOffsetsAsync(
        TransactionScope scope, Func<ConsumerGroupMetadata> member, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken)
    {
        try
        {
            await _offsets.SendAsync(scope, member, offsets, cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            throw Fail(scope, failure);
        }
        catch (OperationCanceledException)
        {
            // Whether they are part of it is not known, so that a commit could mean either.
            scope.Fail(new KafkaException(ErrorCode.RequestTimedOut, "Sending offsets was cancelled before it was known whether they are part of the transaction.") { IsRetriable = false });
            throw;
        }
    }

    /// <summary>Delivers what was taken and commits it.</summary>
    /// <exception cref="KafkaException">It was not committed; or where it is a timeout, that is not known.</exception>
    public async Task CommitAsync(TransactionScope scope, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await scope.CloseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            await _sender.FlushAsync(() => _accumulator.WhenDelivered().WaitAsync(cancellationToken)).ConfigureAwait(false);
            ThrowIfFatal();
            if (scope.Failure is { } failure)
            {
                throw scope.Tell(failure);
            }

            await EndAsync(scope, commits: true, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Takes back what was written, once nothing of it is on its way any more.</summary>
    public async Task AbortAsync(TransactionScope scope, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await TakeBackAsync(scope, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>A transaction was disposed and could not be aborted. The next one sees to that before it begins.</summary>
    public void AbortFailed(string why) => _cluster.Watch.ProducerLog.AbortFailed(TransactionalId, why);

    /// <summary>Whether a commit has reached its coordinator is not known, and will not be by this producer.</summary>
    public void Abandon() => _sender.Die(new KafkaException(
        ErrorCode.RequestTimedOut,
        $"It is not known whether the transaction of '{TransactionalId}' was committed, and it was disposed before that was found out. Make another producer with the same TransactionalId, which ends it one way or the other, and go on from what the group has committed.")
    {
        IsFatal = true,
        IsRetriable = false,
    });

    /// <summary>Aborts what is under way, at the end of the producer.</summary>
    public Task EndAsync(CancellationToken cancellationToken) => _last?.LeaveAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>Lets go of everything, when nobody uses it any more.</summary>
    public void Dispose()
    {
        _last?.Scope.Dispose();
        _offsets.Dispose();
        _calls.Dispose();
        _turn.Dispose();
    }

    private async Task<ProducerIdentity> InitializeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _calls.RetryAsync("Getting a producer id", token => _calls.InitializeAsync(_identity, token), cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure) when (failure.IsFatal)
        {
            _sender.Die(failure);
            throw;
        }
    }

    private async Task TakeBackAsync(TransactionScope scope, CancellationToken cancellationToken)
    {
        ThrowIfFatal();
        scope.Fail(TransactionFailure.Aborted(TransactionalId));
        _sender.Wake();
        await scope.CloseAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        await _sender.FlushAsync(() => _accumulator.WhenDelivered().WaitAsync(cancellationToken)).ConfigureAwait(false);
        ThrowIfFatal();
        await EndAsync(scope, commits: false, cancellationToken).ConfigureAwait(false);
        if (scope.HasGap && _identity == scope.Identity)
        {
            // Transactions of the older kind go on with the same numbers, of which some are missing.
            _needsIdentity = true;
        }
    }

    private async Task EndAsync(TransactionScope scope, bool commits, CancellationToken cancellationToken)
    {
        if (scope.IsBegun)
        {
            scope.IsCommitSent |= commits;
            try
            {
                _identity = await _calls.RetryAsync(
                    commits ? "Committing the transaction" : "Aborting the transaction",
                    token => _calls.EndAsync(scope.Identity, scope.IsImplicit, commits, token),
                    cancellationToken).ConfigureAwait(false);
            }
            catch (KafkaException unknown) when (!commits && unknown.ErrorCode is (ErrorCode.InvalidTxnState or ErrorCode.InvalidProducerIdMapping))
            {
                // The coordinator has no transaction to abort: it never heard of this one, or has ended it itself. Another epoch keeps out what may still be on its way.
                _needsIdentity = true;
                _identity = unknown.ErrorCode == ErrorCode.InvalidProducerIdMapping ? ProducerIdentity.None : _identity;
            }
            catch (KafkaException failure) when (failure is not KafkaTimeoutException)
            {
                scope.IsCommitSent = false;
                throw commits && failure is { IsFatal: false } ? Fail(scope, failure) : Fail(scope, failure, isEnd: true);
            }
        }

        await _sender.LeaveAsync().ConfigureAwait(false);
    }

    /// <summary>What has failed in a transaction, as callers hear of it.</summary>
    /// <param name="scope">The transaction.</param>
    /// <param name="failure">What has failed.</param>
    /// <param name="isEnd">Whether the producer cannot go on, whatever the failure says.</param>
    private KafkaException Fail(TransactionScope scope, KafkaException failure, bool isEnd = false)
    {
        if (failure.IsFatal && failure is not KafkaGroupException || isEnd)
        {
            _sender.Die(failure);
            return _sender.Fatal ?? failure;
        }

        scope.Fail(failure);
        return scope.Tell(scope.Failure!);
    }

    private void ThrowIfFatal()
    {
        if (_sender.Fatal is { } fatal)
        {
            throw fatal;
        }
    }
}
