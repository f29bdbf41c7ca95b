using Spate.Client.Consuming;
using Spate.Client.Consuming.Groups;
using Spate.Protocol;

namespace Spate.Client.Producing.Transactions;

/// <summary>
/// A transaction: what is produced and what offsets are sent here counts altogether when <see cref="CommitAsync"/> has ended, for consumers that read committed records, or not at all. Disposing
/// it before that aborts it. Safe for use by several threads at once, but for its end.
/// <code>
/// await using var transaction = await producer.BeginTransactionAsync();
/// await transaction.ProduceAsync("orders", "7", "two of them");
/// await transaction.CommitAsync();
/// </code>
/// </summary>
/// <remarks>
/// What goes wrong is one of three things. What passes by itself is tried again and not seen. What stands in the way of this transaction is a <see cref="KafkaTransactionException"/>: abort, and begin
/// another. What ends the producer is <see cref="KafkaException.IsFatal"/>, such as a <see cref="KafkaProducerFencedException"/> where another has come with its name.
/// </remarks>
public sealed class ProducerTransaction : IAsyncDisposable
{
    private readonly TransactionSession _session;
    private readonly ProducerIntake _intake;
    private readonly TransactionReading? _reading;
    private volatile IReadOnlyDictionary<TopicPartition, CommittedOffset>? _read;
    private volatile Stage _stage;

    internal ProducerTransaction(TransactionSession session, ProducerIntake intake, TransactionScope scope, TransactionReading? reading)
    {
        _session = session;
        _intake = intake;
        _reading = reading;
        Scope = scope;
    }

    /// <summary>How far it is.</summary>
    private enum Stage
    {
        Open,
        Committed,
        Aborted,

        /// <summary>Disposed, and its coordinator may not have heard of its end.</summary>
        Left,
    }

    /// <inheritdoc cref="ProducerOptions.TransactionalId"/>
    public string TransactionalId => _session.TransactionalId;

    internal TransactionScope Scope { get; }

    /// <summary>Whether whoever began it is done with it.</summary>
    internal bool IsOver => _stage != Stage.Open;

    /// <summary>Whether it has to be aborted before another begins.</summary>
    internal bool IsUnfinished => _stage == Stage.Left;

    /// <summary>Sends a record; the task ends when it has been delivered, which is before it counts. Await it once. A record that fails has the transaction fail.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room. Once it is on its way it cannot be called back.</param>
    /// <exception cref="InvalidOperationException">The transaction was committed.</exception>
    /// <exception cref="KafkaTransactionException">Something before it has failed, or the transaction was aborted.</exception>
    /// <inheritdoc cref="Producer.ProduceAsync" path="/exception"/>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default) =>
        _intake.ProduceAsync(record, Scope, cancellationToken);

    /// <summary>Sends a record; the task ends when it has been delivered, which is before it counts. Await it once. A record that fails has the transaction fail.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="key">The key, whose records go to one partition; null for none.</param>
    /// <param name="value">The value; null deletes the key from a compacted topic.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room. Once it is on its way it cannot be called back.</param>
    /// <inheritdoc cref="ProduceAsync{TKey, TValue}(in ProducerRecord{TKey, TValue}, CancellationToken)" path="/exception"/>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(string topic, TKey? key, TValue? value, CancellationToken cancellationToken = default) =>
        ProduceAsync(new ProducerRecord<TKey, TValue>(topic, key, value), cancellationToken);

    /// <summary>
    /// Sends a record without waiting for its delivery: the task ends when the record has been taken. Nobody has to look at each one, since <see cref="CommitAsync"/> waits for all and
    /// refuses if one has failed.
    /// </summary>
    /// <param name="record">The record.</param>
    /// <param name="onDelivered">As with <see cref="Producer.PostAsync"/>.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room.</param>
    /// <inheritdoc cref="ProduceAsync{TKey, TValue}(in ProducerRecord{TKey, TValue}, CancellationToken)" path="/exception"/>
    public ValueTask PostAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Action<DeliveryReport>? onDelivered = null, CancellationToken cancellationToken = default) =>
        _intake.PostAsync(record, onDelivered, Scope, cancellationToken);

    /// <summary>
    /// Has offsets of a consumer's group committed with the transaction. A transaction that was begun with its consumer does that by itself, for all that was handed out.
    /// </summary>
    /// <param name="consumer">A member of the group; its <see cref="ConsumerOptions.AutoCommit"/> is off.</param>
    /// <param name="offsets">The next offset to be read, for each partition.</param>
    /// <param name="cancellationToken">Gives up. The transaction has to be aborted then, since nobody knows whether they are part of it.</param>
    /// <exception cref="InvalidOperationException">The transaction is over, or the consumer has no group or commits by itself.</exception>
    /// <exception cref="KafkaTransactionException">The group refused them, since the consumer is not the member that it was; or something before has failed.</exception>
    /// <exception cref="KafkaException">The producer has ended (<see cref="KafkaException.IsFatal"/>).</exception>
    public Task SendOffsetsAsync(Consumer consumer, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consumer);
        var reading = consumer.ReadForTransactions();
        return SendAsync(reading.Member, Checked(offsets), cancellationToken);
    }

    /// <summary>Has offsets of a group committed with the transaction, in the name of a member that somebody else is.</summary>
    /// <param name="group">The group and its member, such as a consumer's <see cref="Consumer.GroupMetadata"/>. Of a group without members its name suffices.</param>
    /// <param name="offsets">The next offset to be read, for each partition.</param>
    /// <param name="cancellationToken">Gives up. The transaction has to be aborted then, since nobody knows whether they are part of it.</param>
    /// <inheritdoc cref="SendOffsetsAsync(Consumer, IReadOnlyDictionary{TopicPartition, CommittedOffset}, CancellationToken)" path="/exception"/>
    public Task SendOffsetsAsync(ConsumerGroupMetadata group, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(group);
        return SendAsync(() => group, Checked(offsets), cancellationToken);
    }

    /// <summary>Delivers everything and commits it. When it has ended, all of it counts.</summary>
    /// <param name="cancellationToken">Gives up. Call again to go on.</param>
    /// <exception cref="InvalidOperationException">The transaction is over.</exception>
    /// <exception cref="KafkaTransactionException">Something has failed, so that nothing can be committed: abort it.</exception>
    /// <exception cref="KafkaTimeoutException">
    /// The coordinator did not confirm it within <see cref="ProducerOptions.MaxBlock"/>, and whether it is committed is not known. Call again to find out; a transaction that is disposed instead ends its
    /// producer.
    /// </exception>
    /// <exception cref="KafkaException">The producer has ended (<see cref="KafkaException.IsFatal"/>), and what was not committed is aborted.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfOver();
        if (_reading is not null && _read is null && Scope.Failure is null)
        {
            var offsets = _reading.Offsets();
            await SendAsync(_reading.Member, offsets, cancellationToken).ConfigureAwait(false);
            _read = offsets;
        }

        await _session.CommitAsync(Scope, cancellationToken).ConfigureAwait(false);
        _stage = Stage.Committed;
        _reading?.Commit(_read!);
    }

    /// <summary>
    /// Takes everything back. Records that are not sent yet are not sent, and fail; those on their way are waited for. The consumer that it was begun with hands out again what it has handed out.
    /// </summary>
    /// <param name="cancellationToken">Gives up. Call again to go on.</param>
    /// <exception cref="InvalidOperationException">The transaction was committed, or may have been.</exception>
    /// <exception cref="KafkaTimeoutException">The coordinator did not confirm it within <see cref="ProducerOptions.MaxBlock"/>. Call again, or dispose it: then it is done before the next one begins.</exception>
    /// <exception cref="KafkaException">The producer has ended (<see cref="KafkaException.IsFatal"/>), and the transaction with it.</exception>
    public async Task AbortAsync(CancellationToken cancellationToken = default)
    {
        if (_stage == Stage.Aborted)
        {
            return;
        }

        ThrowIfOver();
        if (Scope.IsCommitSent)
        {
            throw new InvalidOperationException("The coordinator has been told to commit this transaction, so it cannot be aborted any more. Call CommitAsync again to learn what has become of it.");
        }

        await _session.AbortAsync(Scope, cancellationToken).ConfigureAwait(false);
        _stage = Stage.Aborted;
        _reading?.GoBack();
    }

    /// <summary>Aborts it, unless it is committed. What stands in the way is logged, and seen to before the next one begins.</summary>
    public ValueTask DisposeAsync() => new(LeaveAsync(CancellationToken.None));

    /// <summary>As <see cref="DisposeAsync"/>, for as long as there is time.</summary>
    internal async Task LeaveAsync(CancellationToken cancellationToken)
    {
        if (IsOver)
        {
            return;
        }

        if (Scope.IsCommitSent)
        {
            _session.Abandon();
            Leave();
            return;
        }

        try
        {
            await AbortAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            if (!failure.IsFatal)
            {
                _session.AbortFailed(failure.Message);
            }

            Leave();
        }
        catch (OperationCanceledException)
        {
            _session.AbortFailed("The producer was closed before the coordinator had confirmed it.");
            Leave();
        }
    }

    private static IReadOnlyDictionary<TopicPartition, CommittedOffset> Checked(IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets)
    {
        ArgumentNullException.ThrowIfNull(offsets);
        foreach (var (_, offset) in offsets)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset.Offset, nameof(offsets));
        }

        return offsets;
    }

    private void Leave()
    {
        _stage = Stage.Left;
        _reading?.GoBack();
    }

    private void ThrowIfOver()
    {
        if (IsOver)
        {
            throw new InvalidOperationException($"This transaction is over: it was {(_stage == Stage.Committed ? "committed" : "aborted")}. Begin another one.");
        }
    }

    private async Task SendAsync(Func<ConsumerGroupMetadata> member, IReadOnlyDictionary<TopicPartition, CommittedOffset> offsets, CancellationToken cancellationToken)
    {
        Scope.Enter();
        try
        {
            await _session.SendOffsetsAsync(Scope, member, offsets, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Scope.Leave();
        }
    }
}
