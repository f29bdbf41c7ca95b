using Spate.Client.Telemetry;
using Spate.Protocol.Errors;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// Sends records. They are gathered into batches for each partition, and sent to the leaders of the partitions until they are delivered or the time for
/// that is up. Records of one partition arrive in the order of the calls, whether these were awaited or not; without idempotence and with several requests in
/// flight only as long as nothing has to be sent again. Safe for use by several threads at once; one instance serves a whole program.
/// </summary>
public sealed class Producer : IAsyncDisposable
{
    private const int ScratchesMax = 64;
    private const int SourcesMax = 16 * 1024;
    private const int TracesMax = 1024;

    private readonly Cluster _cluster;
    private readonly ProducerOptions _options;
    private readonly Accumulator _accumulator;
    private readonly ProducerSender _sender;
    private readonly BoundedPool<Scratch> _scratches = new(ScratchesMax, static () => new Scratch());
    private readonly BoundedPool<DeliverySource> _sources;
    private readonly BoundedPool<SendTrace> _traces;
    private readonly ProducerWatch _watch;
    private int _isDisposed;

    internal Producer(Cluster cluster, ProducerOptions options)
    {
        options.Validate(cluster.Options);
        _cluster = cluster;
        _options = options;
        _accumulator = new Accumulator(cluster, options);
        _sender = new ProducerSender(cluster, options, _accumulator);
        BoundedPool<DeliverySource>? sources = null;
        _sources = sources = new BoundedPool<DeliverySource>(SourcesMax, () => new DeliverySource(sources!));
        BoundedPool<SendTrace>? traces = null;
        _traces = traces = new BoundedPool<SendTrace>(TracesMax, () => new SendTrace(cluster, traces!));
        _watch = new ProducerWatch(cluster, options, _accumulator.Memory);
    }

    /// <summary>Sends a record; the task ends when it has been delivered. Await it once.</summary>
    /// <param name="record">The record.</param>
    /// <param name="cancellationToken">Gives up while the record waits for its topic or for room. Once it is on its way it cannot be called back.</param>
    /// <exception cref="ArgumentException">The topic's name is empty, or the partition is negative.</exception>
    /// <exception cref="KafkaSerializationException">The key or the value could not be written; nothing was sent.</exception>
    /// <exception cref="KafkaTimeoutException"><see cref="ProducerOptions.MaxBlock"/> or <see cref="ProducerOptions.DeliveryTimeout"/> was up.</exception>
    /// <exception cref="KafkaException">The record is too large, a broker refused it, or the producer has ended (<see cref="KafkaException.IsFatal"/>).</exception>
    public ValueTask<RecordMetadata> ProduceAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, CancellationToken cancellationToken = default)
    {
        var source = _sources.Rent();
        ValueTask accepted;
        try
        {
            accepted = AcceptAsync(record, new Delivery(source), cancellationToken);
        }
        catch
        {
            source.Abandon();
            throw;
        }

        return accepted.IsCompletedSuccessfully ? source.Task : WhenAccepted(accepted, source);
    }

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
        AcceptAsync(record, new Delivery(onDelivered), cancellationToken);

    /// <summary>Sends at once what waits for more records; the task ends when all whose calls came before have been delivered or have failed.</summary>
    /// <param name="cancellationToken">Ends the wait; the records stay on their way.</param>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _accumulator.LeaveLinesAsync(cancellationToken);
        await _sender.FlushAsync(() => _accumulator.WhenDelivered().WaitAsync(cancellationToken));
    }

    /// <summary>Delivers what was taken, as <see cref="FlushAsync"/> does, for no longer than <see cref="ProducerOptions.DeliveryTimeout"/>, and ends. Calls that are still in line fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
        {
            return;
        }

        try
        {
            await FlushAsync().WaitAsync(_options.DeliveryTimeout, _cluster.Clock);
        }
        catch (TimeoutException)
        {
            // What is left is told so by the sender as it ends.
        }
        finally
        {
            _watch.Dispose();
            await _sender.DisposeAsync();
        }
    }

    private static async ValueTask<RecordMetadata> WhenAccepted(ValueTask accepted, DeliverySource source)
    {
        try
        {
            await accepted;
        }
        catch
        {
            source.Abandon();
            throw;
        }

        return await source.Task;
    }

    private ValueTask AcceptAsync<TKey, TValue>(in ProducerRecord<TKey, TValue> record, Delivery delivery, CancellationToken cancellationToken) =>
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
        ObjectDisposedException.ThrowIf(_isDisposed == 1, this);
        ArgumentException.ThrowIfNullOrEmpty(record.Topic);
        ArgumentOutOfRangeException.ThrowIfNegative(record.Partition ?? 0, "record.Partition");
        cancellationToken.ThrowIfCancellationRequested();
        if (_sender.Fatal is { } fatal)
        {
            throw fatal;
        }

        var scratch = _scratches.Rent();
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
            return AcceptInLineAsync(topic, record.Partition, scratch, timestamp, record.Headers, delivery, cancellationToken);
        }
        finally
        {
            if (!isKept)
            {
                Return(scratch);
            }
        }
    }

    private async ValueTask AcceptInLineAsync(
        TopicQueue topic, int? partition, Scratch scratch, long timestamp, ReadOnlyMemory<RecordHeader> headers, Delivery delivery, CancellationToken cancellationToken)
    {
        try
        {
            await _accumulator.AppendAsync(topic, partition, scratch, timestamp, headers, delivery, cancellationToken);
        }
        finally
        {
            Return(scratch);
        }
    }

    private void Return(Scratch scratch)
    {
        if (!_scratches.Return(scratch))
        {
            scratch.Dispose();
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
