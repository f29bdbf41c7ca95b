using Spate.Client.Consuming;
using Spate.Client.Producing.Transactions;
using Spate.Client.Telemetry;

namespace Spate.Client.Producing;

/// <summary>
/// Sends records. They are gathered into batches for each partition, and sent to the leaders of the partitions until they are delivered or the time for
/// that is up. Records of one partition arrive in the order of the calls, whether these were awaited or not; without idempotence and with several requests in
/// flight only as long as nothing has to be sent again. With a <see cref="ProducerOptions.TransactionalId"/> they are sent in transactions. Safe for use by several threads at once; one
/// instance serves a whole program.
/// </summary>
public sealed class Producer : IAsyncDisposable
{
    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly Accumulator _accumulator;
    private readonly ProducerSender _sender;
    private readonly ProducerIntake _intake;
    private readonly TransactionSession? _transactions;
    private readonly ProducerWatch _watch;
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private Task? _ending;

    internal Producer(Cluster cluster, ProducerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _accumulator = new Accumulator(cluster, options);
        var calls = options.TransactionalId is null ? null : new TransactionCalls(cluster, options);
        _sender = new ProducerSender(cluster, options, _accumulator, calls);
        _intake = new ProducerIntake(cluster, options, _accumulator, _sender);
        _transactions = calls is null ? null : new TransactionSession(cluster, _accumulator, _sender, calls);
        _watch = new ProducerWatch(cluster, options, _accumulator.Memory);
    }

    /// <summary>Sends a record; the task ends when it has been delivered. Await it once.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">
    /// Gives up while the record waits for its topic or for room: then nothing of it is sent. Once it is in a batch it cannot be called back, and the task ends with what becomes of it, at the
    /// latest after <see cref="ProducerOptions.DeliveryTimeout"/>; to stop waiting before that, await <c>AsTask().WaitAsync(token)</c>.
    /// </param>
    /// <exception cref="ArgumentException">The topic's name is empty, the partition is negative, or the timestamp is before 1970.</exception>
    /// <exception cref="KafkaSerializationException">The key or the value could not be written; nothing was sent.</exception>
    /// <exception cref="KafkaTimeoutException"><see cref="ProducerOptions.MaxBlock"/> or <see cref="ProducerOptions.DeliveryTimeout"/> was up.</exception>
    /// <exception cref="KafkaException">The record is too large, a broker refused it, or the producer has ended (<see cref="KafkaException.IsFatal"/>).</exception>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        _intake.ProduceAsync(record, transaction: null, cancellationToken);

    /// <summary>
    /// Sends a record without waiting for its delivery: the task ends when the record has been taken, which is at once unless its topic is not known yet or
    /// <see cref="ProducerOptions.BufferMemory"/> is used up.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="onDelivered">
    /// Told what became of the record, once, unless this call throws; null for nobody. It runs on the loop that sends and must be short and not throw: an
    /// exception ends the producer.
    /// </param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room.</param>
    /// <inheritdoc cref="ProduceAsync" path="/exception"/>
    public ValueTask PostAsync<TKey, TValue>(
        in ProducerRecord<TKey, TValue> record, Action<DeliveryReport>? onDelivered = null, CancellationToken cancellationToken = default) =>
        _intake.PostAsync(record, onDelivered, transaction: null, cancellationToken);

    /// <summary>
    /// Begins a transaction (KIP-98): records are produced and offsets sent by what it gives, and all of it counts when that is committed, or nothing. The first one makes this producer the only one with its
    /// <see cref="ProducerOptions.TransactionalId"/>, and aborts what another had under way.
    /// </summary>
    /// <param name="reads">
    /// The consumer whose records are worked on: what it has handed out is committed with the transaction, and read again when that is aborted. It has a group, and <see cref="ConsumerOptions.AutoCommit"/> off.
    /// Null for none.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidOperationException">There is no <see cref="ProducerOptions.TransactionalId"/>, or a transaction is under way, or the consumer has no group or commits by itself.</exception>
    /// <exception cref="KafkaProducerFencedException">Another producer has the transactional id.</exception>
    /// <exception cref="KafkaTimeoutException">The coordinator could not be found or asked within <see cref="ProducerOptions.MaxBlock"/>.</exception>
    /// <exception cref="KafkaException">The coordinator does not give the id, or the producer has ended (<see cref="KafkaException.IsFatal"/>).</exception>
    public Task<ProducerTransaction> BeginTransactionAsync(Consumer? reads = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_intake.IsClosed, this);
        return _transactions?.BeginAsync(_intake, reads, cancellationToken)
            ?? throw new InvalidOperationException("This producer has no transactions; set ProducerOptions.TransactionalId.");
    }

    /// <summary>Sends at once what waits for more records; the task ends when all whose calls came before have been delivered or have failed.</summary>
    /// <param name="cancellationToken">Ends the wait; the records stay on their way.</param>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _accumulator.LeaveLinesAsync(cancellationToken).ConfigureAwait(false);
        await _sender.FlushAsync(() => _accumulator.WhenDelivered().WaitAsync(cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>
    /// Delivers what was taken, as <see cref="FlushAsync"/> does, and ends. A transaction that is under way is aborted first. Where brokers are away it takes as long as
    /// <see cref="ProducerOptions.DeliveryTimeout"/> altogether; then, or when the token is cancelled, it ends at once, and whatever is not delivered fails: each caller and each callback is told, and the
    /// log. Called again, it waits for the same end. Kafka: <c>close(Duration)</c>.
    /// </summary>
    /// <param name="cancellationToken">Ends it at once. That is no failure, so nothing is thrown.</param>
    public async Task CloseAsync(CancellationToken cancellationToken = default)
    {
        _intake.Close();
        Task ending;
        lock (_gate)
        {
            ending = _ending ??= EndAsync();
        }

        // Whoever hurries does so for all who wait.
        using var hurried = cancellationToken.UnsafeRegister(static hurry => ((TaskCompletionSource)hurry!).TrySetResult(), _hurry);
        await ending.ConfigureAwait(false);
    }

    /// <summary>As <see cref="CloseAsync"/> without a token: delivers what was taken, for no longer than <see cref="ProducerOptions.DeliveryTimeout"/>, and ends.</summary>
    public ValueTask DisposeAsync() => new(CloseAsync());

    private async Task EndAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var over = new CancellationTokenSource(_options.DeliveryTimeout, _cluster.Clock);
        try
        {
            var delivering = DeliverAsync(over.Token);
            if (await Task.WhenAny(delivering, _hurry.Task).ConfigureAwait(false) != delivering)
            {
                await over.CancelAsync().ConfigureAwait(false);
            }

            await delivering.ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // What is left is told so by the sender as it ends.
        }
        finally
        {
            _watch.Dispose();
            await _sender.DisposeAsync().ConfigureAwait(false);
            _transactions?.Dispose();
            _accumulator.Dispose();
        }
    }

    private async Task DeliverAsync(CancellationToken cancellationToken)
    {
        if (_transactions is not null)
        {
            await _transactions.EndAsync(cancellationToken).ConfigureAwait(false);
        }

        await FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
