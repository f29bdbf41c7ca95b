using Spate.Protocol;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// One transaction as those see it who write its records: whose it is, whether more may come, and what has gone wrong first. Calls that hand records in are counted, so
/// that the end can wait for them and none comes after it. Safe for use by several threads at once, but for what is said to be the sender's.
/// </summary>
/// <param name="transactionalId">Whose it is.</param>
/// <param name="identity">The id and epoch that its batches bear.</param>
/// <param name="isImplicit">Whether a partition becomes part of it by the first batch that is written there (KIP-890), and need not be named before.</param>
internal sealed class TransactionScope(string transactionalId, ProducerIdentity identity, bool isImplicit) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private TaskCompletionSource? _left;
    private KafkaException? _failure;
    private volatile bool _isBegun;
    private volatile bool _isConfirmed;
    private volatile bool _hasGap;
    private volatile bool _isCommitSent;
    private int _calls;
    private bool _isClosed;

    public ProducerIdentity Identity => identity;

    public bool IsImplicit => isImplicit;

    /// <summary>What has been written to, or is about to be. The sender's.</summary>
    public HashSet<TopicPartition> Enrolled { get; } = [];

    /// <summary>Why it cannot be committed any more: the first failure, or its being aborted.</summary>
    public KafkaException? Failure => Volatile.Read(ref _failure);

    /// <summary>Ends the waits of calls that hand records in, when there is nothing left to wait for.</summary>
    public CancellationToken Ended => _ended.Token;

    /// <summary>Whether brokers may have heard of it: then they have to hear of its end.</summary>
    public bool IsBegun => _isBegun;

    /// <summary>Whether the coordinator is known to have heard of it.</summary>
    public bool IsConfirmed => _isConfirmed;

    /// <summary>A numbered batch was given up: the next transaction needs another epoch.</summary>
    public bool HasGap => _hasGap;

    /// <summary>Whether its coordinator may have been told to commit it: then it cannot be aborted, whatever was answered.</summary>
    public bool IsCommitSent { get => _isCommitSent; set => _isCommitSent = value; }

    public void Begin() => _isBegun = true;

    public void Confirm() => _isConfirmed = true;

    public void FindGap() => _hasGap = true;

    /// <summary>A call hands something in; each ends with <see cref="Leave"/>.</summary>
    /// <exception cref="KafkaTransactionException">Something in it has failed, or it was aborted.</exception>
    /// <exception cref="InvalidOperationException">It is being committed.</exception>
    public void Enter()
    {
        lock (_gate)
        {
            if (_failure is { } failure)
            {
                throw Tell(failure);
            }

            if (_isClosed)
            {
                throw new InvalidOperationException("This transaction was committed, or is about to be; begin another one.");
            }

            _calls++;
        }
    }

    /// <summary>The sender asks something about it, which its end has to wait for; ends with <see cref="Leave"/>.</summary>
    /// <returns>False when it has failed.</returns>
    public bool TryHold()
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return false;
            }

            _calls++;
            return true;
        }
    }

    /// <summary>A call has ended.</summary>
    public void Leave()
    {
        TaskCompletionSource? left = null;
        lock (_gate)
        {
            if (--_calls == 0)
            {
                left = _left;
            }
        }

        left?.TrySetResult();
    }

    /// <summary>Lets nobody in from here on; ends when the last has left.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            if (_calls == 0)
            {
                return Task.CompletedTask;
            }

            _left ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _left.Task;
        }
    }

    /// <summary>It cannot be committed. The first reason counts.</summary>
    public void Fail(KafkaException failure)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            Volatile.Write(ref _failure, failure);
        }

        _ended.Cancel();
    }

    /// <summary>The failure as callers hear of it.</summary>
    public KafkaException Tell(KafkaException failure) => failure.IsFatal || failure is KafkaTransactionException ? failure : TransactionFailure.MustAbort(transactionalId, failure);

    public void Dispose() => _ended.Dispose();
}
