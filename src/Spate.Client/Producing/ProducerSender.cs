using Spate.Client.Connections;
using Spate.Client.Producing.Transactions;
using Spate.Protocol.Errors;

namespace Spate.Client.Producing;

/// <summary>
/// The loop behind a producer: settles requests that have ended, ends batches whose time is up, and sends what is due. All state of sending is touched by this loop only,
/// through the types that it is made of; answers and new batches are put into queues and wake it.
/// </summary>
internal sealed class ProducerSender : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly Accumulator _accumulator;
    private readonly WakeSignal _wake;
    private readonly CancellationTokenSource _lifetime = new();
    private readonly List<PartitionQueue> _active = [];
    private readonly ProducerAgenda _agenda;
    private readonly ProducerNodes _nodes;
    private readonly ProducerNumbers _numbers;
    private readonly ProduceVerdicts _verdicts;
    private readonly ProducerExpiry _expiry;
    private readonly ProduceDrafter _drafter;
    private readonly ProduceDispatch _dispatch;
    private readonly TransactionSlot _transactions;
    private readonly TransactionEnrolment _enrolment;
    private readonly Task _loop;
    private volatile KafkaException? _fatal;
    private volatile KafkaException? _end;
    private volatile bool _isStopping;
    private int _flushes;

    /// <param name="cluster">The cluster.</param>
    /// <param name="options">How the producer works.</param>
    /// <param name="accumulator">What is to be sent.</param>
    /// <param name="transactions">The coordinator of its transactions; null for a producer without them.</param>
    public ProducerSender(Cluster cluster, ProducerOptions options, Accumulator accumulator, TransactionCalls? transactions)
    {
        _cluster = cluster;
        _accumulator = accumulator;
        _wake = new WakeSignal(cluster.Clock);
        _accumulator.Wake = _wake.Set;
        _transactions = new TransactionSlot(options.TransactionalId);
        _numbers = new ProducerNumbers(cluster, options.IsIdempotent, _transactions.IsOn, accumulator.Obstacles, _wake, _lifetime.Token);
        _verdicts = new ProduceVerdicts(cluster, options, accumulator, _numbers, _transactions);
        _agenda = new ProducerAgenda(cluster.Clock);
        _nodes = new ProducerNodes(cluster, _verdicts, _agenda, _wake, _lifetime.Token);
        _expiry = new ProducerExpiry(options, _verdicts, _agenda);
        _enrolment = new TransactionEnrolment(cluster, _transactions, transactions, _verdicts, accumulator.Obstacles, _agenda, _wake, _lifetime.Token);
        _drafter = new ProduceDrafter(cluster, options, accumulator, _numbers, _transactions, _enrolment, _nodes, _agenda);
        _dispatch = new ProduceDispatch(cluster, options, _numbers, _verdicts, _nodes, _wake);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Why nothing more can be sent, or null.</summary>
    public KafkaException? Fatal => _fatal ?? _end;

    /// <summary>Nothing more can be sent.</summary>
    public void Die(KafkaException failure)
    {
        _end ??= ProduceVerdicts.Ended(failure);
        _wake.Set();
    }

    /// <summary>Records are of this transaction from here on. Nothing of another one is left.</summary>
    public void Enter(TransactionScope scope) => _transactions.Enter(scope);

    /// <summary>The transaction is over; ends when the loop has let go of it.</summary>
    public Task LeaveAsync()
    {
        var left = _transactions.LeaveAsync();
        _wake.Set();
        return left;
    }

    /// <summary>Something has changed that the loop should look at.</summary>
    public void Wake() => _wake.Set();

    /// <summary>While somebody flushes, batches do not wait for more records.</summary>
    public async Task FlushAsync(Func<Task> whenDelivered)
    {
        Interlocked.Increment(ref _flushes);
        _wake.Set();
        try
        {
            await whenDelivered().ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _flushes);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _lifetime.CancelAsync().ConfigureAwait(false);
        _wake.Set();
        await _loop.ConfigureAwait(false);
        _wake.Dispose();
        _lifetime.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_isStopping)
        {
            try
            {
                Step();
            }
            catch (ObjectDisposedException) when (_cluster.IsDisposed)
            {
                End(new KafkaException(ErrorCode.NetworkException, "The KafkaClient of this producer was disposed before it. Dispose producers first.") { IsFatal = true, IsRetriable = false });
            }
            catch (Exception fault)
            {
                // A fault of this loop must not leave callers waiting for ever.
                End(new KafkaException(ErrorCode.UnknownServerError, $"The producer broke: {fault.Message} This is a fault of Spate.Client; please report it.", fault) { IsFatal = true, IsRetriable = false });
            }

            await _wake.WaitAsync(_agenda.Wait).ConfigureAwait(false);
        }

        // What was answered meanwhile was delivered.
        Settle();
        _accumulator.Close(new KafkaException(ErrorCode.NetworkException, "The producer was disposed before the record had its turn. Nothing of it was sent.") { IsRetriable = false });
        LeaveWaiting();
    }

    /// <summary>Whatever it was, no caller is left waiting for ever.</summary>
    private void End(KafkaException failure)
    {
        _verdicts.Die(failure);
        _fatal = _verdicts.Fatal;
        FailWaiting(_fatal!);
    }

    private void Step()
    {
        _agenda.Begin();
        _transactions.Look();
        if (_transactions.Scope is { } scope)
        {
            _numbers.Use(scope.Identity);
        }

        Settle();
        _enrolment.Settle();
        TakeActivated();
        if (_numbers.Ensure(_agenda.Now) is { } askAt)
        {
            _agenda.ComeBackAt(askAt);
        }

        if (_numbers.Fatal is { } numberless)
        {
            _verdicts.Die(numberless);
        }

        if (_end is { } end)
        {
            _verdicts.Die(end);
        }

        if (_verdicts.Fatal is { } fatal)
        {
            _fatal = fatal;
            FailWaiting(fatal);
            return;
        }

        if (_transactions.Scope is { Failure: { } failure } failed)
        {
            DropWaiting(failed.Tell(failure));
        }

        foreach (var queue in _active)
        {
            _expiry.Expire(queue);
        }

        while (_drafter.Draft(_active, Volatile.Read(ref _flushes) > 0))
        {
            foreach (var draft in _drafter.Drafts)
            {
                _dispatch.Post(draft);
            }
        }

        _enrolment.Ask();
    }

    /// <summary>What waits is of a transaction that will not be committed; what is on the wire comes back by itself.</summary>
    private void DropWaiting(KafkaException failure)
    {
        foreach (var queue in _active)
        {
            while (queue.Oldest is not null)
            {
                _verdicts.Drop(queue.TakeOldest(), failure);
            }
        }
    }

    private void Settle()
    {
        foreach (var node in _nodes.All)
        {
            while (node.UnderWay.TryPeek(out var draft) && draft.HasEnded)
            {
                node.UnderWay.Dequeue();
                node.MutedUntil = _agenda.Now + _agenda.Ticks(TimeSpan.FromMilliseconds(draft.Response?.ThrottleTimeMs ?? 0));
                _cluster.Watch.Figures.Throttled(draft.Response?.ThrottleTimeMs ?? 0);
                _verdicts.Settle(draft);
            }
        }
    }

    private void TakeActivated()
    {
        while (_accumulator.Activated.TryDequeue(out var queue))
        {
            _active.Add(queue);
        }

        for (var index = _active.Count - 1; index >= 0; index--)
        {
            lock (_active[index].Gate)
            {
                if (_active[index].TryRest())
                {
                    _active.RemoveAt(index);
                }
            }
        }
    }

    private void FailWaiting(KafkaException failure)
    {
        foreach (var queue in _accumulator.AllQueues())
        {
            while (queue.Oldest is not null)
            {
                _verdicts.Fail(queue.TakeOldest(), failure);
            }

            foreach (var batch in queue.InFlight)
            {
                _verdicts.FailOnWire(batch, failure);
            }
        }
    }

    /// <summary>Tells all that is left that there is nobody any more to deliver it.</summary>
    private void LeaveWaiting()
    {
        foreach (var queue in _accumulator.AllQueues())
        {
            foreach (var batch in queue.InFlight)
            {
                _verdicts.Leave(batch, isOnWire: true);
            }

            while (queue.Oldest is not null)
            {
                _verdicts.Leave(queue.TakeOldest(), isOnWire: false);
            }

            _verdicts.LogKeptBack(queue);
        }
    }
}
