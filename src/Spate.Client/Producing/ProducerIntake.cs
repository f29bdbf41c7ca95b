using Spate.Client.Producing.Transactions;
using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// Takes a producer's records in: serialises them, and puts them where they wait to be sent, at once if that can be done or else in line. Where it can, it allocates nothing. Safe for use by
/// several threads at once.
/// </summary>
internal sealed class ProducerIntake
{
    private const int SourcesMax = 16 * 1024;
    private const int TracesMax = 1024;

    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly Accumulator _accumulator;
    private readonly ProducerSender _sender;
    private readonly BoundedPool<DeliverySource> _sources;
    private readonly BoundedPool<SendTrace> _traces;
    private volatile bool _isClosed;

    public ProducerIntake(Cluster cluster, ProducerOptions options, Accumulator accumulator, ProducerSender sender)
    {
        _cluster = cluster;
        _options = options;
        _accumulator = accumulator;
        _sender = sender;
        BoundedPool<DeliverySource>? sources = null;
        _sources = sources = new BoundedPool<DeliverySource>(SourcesMax, () => new DeliverySource(sources!));
        BoundedPool<SendTrace>? traces = null;
        _traces = traces = new BoundedPool<SendTrace>(TracesMax, () => new SendTrace(cluster, traces!));
    }

    /// <summary>Whether it takes nothing any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Takes nothing from here on.</summary>
    public void Close() => _isClosed = true;

    /// <summary>Takes a record; the task ends when it has been delivered.</summary>
    /// <param name="record">The record.</param>
    /// <param name="transaction">What it is part of; null for a producer without transactions.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room.</param>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, TransactionScope? transaction, CancellationToken cancellationToken)
    {
        var source = _sources.Rent();
        ValueTask accepted;
        try
        {
            accepted = AcceptAsync(record, new Delivery(source), transaction, cancellationToken);
        }
        catch
        {
            source.Abandon();
            throw;
        }

        return accepted.IsCompletedSuccessfully ? source.Task : WhenAccepted(accepted, source);
    }

    /// <summary>Takes a record; the task ends when it has been taken.</summary>
    /// <param name="record">The record.</param>
    /// <param name="onDelivered">Told what became of it.</param>
    /// <param name="transaction">What it is part of; null for a producer without transactions.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room.</param>
    public ValueTask PostAsync<TKey, TValue>(
        in ProducerRecord<TKey, TValue> record, Action<DeliveryReport>? onDelivered, TransactionScope? transaction, CancellationToken cancellationToken) =>
        AcceptAsync(record, new Delivery(onDelivered), transaction, cancellationToken);

    private static async ValueTask<RecordMetadata> WhenAccepted(ValueTask accepted, DeliverySource source)
    {
        try
        {
            await accepted.ConfigureAwait(false);
        }
        catch
        {
            source.Abandon();
            throw;
        }

        return await source.Task.ConfigureAwait(false);
    }

    private ValueTask AcceptAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, TransactionScope? transaction, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, typeof(Producer));
        if (transaction is not null)
        {
            return AcceptInTransactionAsync(record, delivery, transaction, cancellationToken);
        }

        if (_options.TransactionalId is not null)
        {
            throw new InvalidOperationException("This producer has a TransactionalId, so each of its records belongs to a transaction: BeginTransactionAsync, and produce by what that gives.");
        }

        return AcceptWatchedAsync(record, delivery, cancellationToken);
    }

    /// <summary>
    /// A record that cannot be taken has the transaction fail, whether or not its caller looks: nothing is to be committed of which a part is missing. One that cannot be written down is told
    /// to the caller at once, who may send another in its place.
    /// </summary>
    private ValueTask AcceptInTransactionAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, TransactionScope transaction, CancellationToken cancellationToken)
    {
        transaction.Enter();
        var isWaiting = false;

        // Without a token of the caller's own there is nothing to put together.
        var both = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, transaction.Ended) : null;
        try
        {
            var accepted = AcceptWatchedAsync(record, delivery, both?.Token ?? transaction.Ended);
            if (accepted.IsCompletedSuccessfully)
            {
                return accepted;
            }

            isWaiting = true;
            return WhenAcceptedAsync(accepted, transaction, both, cancellationToken);
        }
        catch (KafkaException failure) when (failure is not KafkaSerializationException)
        {
            transaction.Fail(failure);
            throw;
        }
        catch (OperationCanceledException) when (transaction.Failure is { } failure && !cancellationToken.IsCancellationRequested)
        {
            throw transaction.Tell(failure);
        }
        finally
        {
            if (!isWaiting)
            {
                both?.Dispose();
                transaction.Leave();
            }
        }
    }

    private static async ValueTask WhenAcceptedAsync(ValueTask accepted, TransactionScope transaction, CancellationTokenSource? both, CancellationToken cancellationToken)
    {
        try
        {
            await accepted.ConfigureAwait(false);
        }
        catch (KafkaException failure)
        {
            transaction.Fail(failure);
            throw;
        }
        catch (OperationCanceledException) when (transaction.Failure is { } failure && !cancellationToken.IsCancellationRequested)
        {
            throw transaction.Tell(failure);
        }
        finally
        {
            transaction.Leave();
            both?.Dispose();
        }
    }

    private ValueTask AcceptWatchedAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, CancellationToken cancellationToken) =>
        SendTrace.IsWatched ? AcceptTracedAsync(record, delivery, cancellationToken) : AcceptPlainAsync(record, delivery, cancellationToken);

    private ValueTask AcceptTracedAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, CancellationToken cancellationToken)
    {
        var trace = _traces.Rent();
        trace.Begin(record, delivery);
        try
        {
            var accepted = AcceptPlainAsync(record with { Headers = trace.Headers }, trace.Delivery, cancellationToken);
            return accepted.IsCompletedSuccessfully ? accepted : trace.WhenAcceptedAsync(accepted);
        }
        catch (Exception failure)
        {
            trace.Refuse(failure);
            throw;
        }
    }

    private ValueTask AcceptPlainAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(record.Topic);
        ArgumentOutOfRangeException.ThrowIfNegative(record.Partition ?? 0, "record.Partition");
        if (record.Timestamp < DateTimeOffset.UnixEpoch)
        {
            throw new ArgumentOutOfRangeException("record.Timestamp", record.Timestamp, "A record's timestamp cannot be before 1970.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_sender.Fatal is { } fatal)
        {
            throw fatal;
        }

        var scratch = Scratch.Rent();
        var isKept = false;
        try
        {
            scratch.Serialize(record, _cluster.Options.Serializers);
            RefuseTooLarge(record.Topic, scratch, record.Headers.Span);
            var topic = _accumulator.TopicOf(record.Topic);
            var timestamp = (record.Timestamp ?? _cluster.Clock.GetUtcNow()).ToUnixTimeMilliseconds();
            if (_accumulator.TryAppend(topic, record.Partition, scratch, timestamp, record.Headers.Span, delivery))
            {
                return default;
            }

            isKept = true;
            scratch.Own();
            return AcceptInLineAsync(topic, record.Partition, scratch, timestamp, record.Headers, delivery, cancellationToken);
        }
        finally
        {
            if (!isKept)
            {
                scratch.Return();
            }
        }
    }

    private async ValueTask AcceptInLineAsync(
        TopicQueue topic, int? partition, Scratch scratch, long timestamp, ReadOnlyMemory<RecordHeader> headers, Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            await _accumulator.AppendAsync(topic, partition, scratch, timestamp, headers, delivery, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            scratch.Return();
        }
    }

    private void RefuseTooLarge(string topic, Scratch scratch, ReadOnlySpan<RecordHeader> headers)
    {
        var bytes = RecordBatchHeader.Size + (long)scratch.Key.Span.Length + scratch.Value.Span.Length;
        foreach (ref readonly var header in headers)
        {
            bytes += header.Key.Length + (header.Value?.Length ?? 0);
        }

        if (bytes > Math.Min(_options.MaxRequestSize, _options.BufferMemory))
        {
            throw new KafkaException(
                ErrorCode.MessageTooLarge,
                $"A record of {bytes} bytes for topic '{topic}' is larger than MaxRequestSize ({_options.MaxRequestSize}) or BufferMemory ({_options.BufferMemory}) allows. "
                + "Send less, or raise them together with the topic's max.message.bytes. Nothing was sent.");
        }
    }
}
