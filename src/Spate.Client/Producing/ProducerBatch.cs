using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Client.Producing;

/// <summary>
/// Records for one partition that travel together. Callers add to it under the gate of its queue until it is taken; from then on it is the sender's
/// alone. Used again and again.
/// </summary>
internal sealed class ProducerBatch : IDisposable
{
    private readonly RecordBatchBuilder _builder = new();
    private Delivery[] _deliveries = new Delivery[64];
    private long[] _timestamps = new long[64];

    public required PartitionQueue Queue { get; set; }

    /// <summary>Counts the batches of a queue, in wide steps: the order in which they must arrive.</summary>
    public long Order { get; private set; }

    /// <summary>How far its order is from the next batch's: room for halves in between.</summary>
    public long OrderWidth { get; private set; }

    /// <summary>The clock's timestamp when the first record came.</summary>
    public long CreatedAt { get; private set; }

    /// <summary>What <see cref="BufferMemory"/> gave for it.</summary>
    public int ReservedBytes { get; private set; }

    public int Count { get; private set; }

    /// <summary>Bytes before compression.</summary>
    public int Size => _builder.Size;

    /// <summary>The batch as it is sent, once it was encoded.</summary>
    public Memory<byte> Encoded { get; private set; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The clock's timestamp before which it is not sent again.</summary>
    public long RetryAt { get; set; }

    /// <summary>The sequence number of its first record; -1 while it has none.</summary>
    public int BaseSequence { get; private set; } = -1;

    public bool HasSequence => BaseSequence >= 0;

    public int LastSequence => RecordBatchHeader.AddToSequence(BaseSequence, Count - 1);

    /// <summary>Its callers were told that the time was up while it was on the wire; what comes back only says whether there is a gap.</summary>
    public bool IsTold { get; private set; }

    /// <summary>An attempt ended without an answer that says whether it was written.</summary>
    public bool MayBeWritten { get; set; }

    /// <summary>Why the last attempt failed.</summary>
    public KafkaException? LastFailure { get; set; }

    /// <summary>Whoever flushes waits for it; under the lock of whoever keeps account of batches.</summary>
    public FlushMark? Flush { get; set; }

    public void Begin(PartitionQueue queue, long order, long orderWidth, long createdAt, int reservedBytes, RecordBatchOptions options)
    {
        Queue = queue;
        Order = order;
        OrderWidth = orderWidth;
        CreatedAt = createdAt;
        ReservedBytes = reservedBytes;
        Count = 0;
        Encoded = default;
        Attempts = 0;
        RetryAt = 0;
        BaseSequence = -1;
        IsTold = false;
        MayBeWritten = false;
        LastFailure = null;
        _builder.Reset(options);
    }

    public void Append(long timestamp, NullableBytes key, NullableBytes value, ReadOnlySpan<RecordHeader> headers, Delivery delivery)
    {
        _builder.Append(timestamp, key, value, headers);
        Add(timestamp, delivery);
    }

    /// <summary>Builds and compresses it; nothing can be added from here on.</summary>
    /// <exception cref="DllNotFoundException">The codec's library has gone.</exception>
    public void Encode()
    {
        if (Encoded.IsEmpty)
        {
            Encoded = _builder.Build();
        }
    }

    /// <summary>Gives it its sequence numbers, under which it stays until it is delivered or numbered anew.</summary>
    public void Number(ProducerIdentity identity, int baseSequence)
    {
        BaseSequence = baseSequence;
        RecordBatchPatch.SetProducer(Encoded.Span, identity.Id, identity.Epoch, baseSequence);
    }

    public void ForgetNumbers() => BaseSequence = -1;

    /// <summary>Tells every caller that its record was delivered.</summary>
    /// <param name="baseOffset">The offset of the first record; -1 when it is not known.</param>
    /// <param name="appendTimeMs">The time of the append where it counts, or -1.</param>
    /// <returns>What the last callback that threw has thrown; null where none did.</returns>
    public Exception? TellDelivered(long baseOffset, long appendTimeMs)
    {
        Exception? thrown = null;
        for (var index = 0; index < Count && !IsTold; index++)
        {
            var offset = baseOffset < 0 ? -1 : baseOffset + index;
            var timestamp = appendTimeMs >= 0 ? appendTimeMs : _timestamps[index];
            thrown = Tell(index, new DeliveryReport(new RecordMetadata(Queue.Name, offset, timestamp), null)) ?? thrown;
        }

        Forget();
        return thrown;
    }

    /// <summary>Tells every caller that its record was not delivered.</summary>
    /// <param name="failure">Gives the failure of the record at an index.</param>
    /// <returns>What the last callback that threw has thrown; null where none did.</returns>
    public Exception? TellFailed(Func<int, KafkaException> failure)
    {
        Exception? thrown = null;
        for (var index = 0; index < Count && !IsTold; index++)
        {
            thrown = Tell(index, new DeliveryReport(new RecordMetadata(Queue.Name, -1, _timestamps[index]), failure(index))) ?? thrown;
        }

        Forget();
        return thrown;
    }

    /// <summary>Puts the first half of its records into one batch and the rest into another, with their callers and their sequence numbers.</summary>
    public void Split(ProducerBatch first, ProducerBatch second, ProducerIdentity identity)
    {
        var encoded = Encoded.Span;
        RecordBatchHeader.TryRead(encoded, out var header);
        using var scratch = new PooledBuffer();
        RecordBatch.Open(encoded, header, Decompressor.MaximumBytes, scratch, out var bytes);
        var records = new RecordEnumerator(bytes, Count);
        for (var index = 0; records.MoveNext(); index++)
        {
            var half = index < Count / 2 ? first : second;
            var record = records.Current;
            half.Append(header.TimestampOf(record.TimestampDelta), record.Key, record.Value, record.Headers.ToArray(), _deliveries[index]);
        }

        first.Encode();
        second.Encode();
        if (HasSequence)
        {
            first.Number(identity, BaseSequence);
            second.Number(identity, RecordBatchHeader.AddToSequence(BaseSequence, first.Count));
        }
    }

    public void Dispose() => _builder.Dispose();

    private void Add(long timestamp, Delivery delivery)
    {
        if (Count == _deliveries.Length)
        {
            Array.Resize(ref _deliveries, Count * 2);
            Array.Resize(ref _timestamps, Count * 2);
        }

        _deliveries[Count] = delivery;
        _timestamps[Count] = timestamp;
        Count++;
    }

    /// <summary>One callback that throws keeps nobody else of the batch from being told.</summary>
    private Exception? Tell(int index, in DeliveryReport report)
    {
        try
        {
            _deliveries[index].Tell(report);
            return null;
        }
        catch (Exception thrown)
        {
            return thrown;
        }
    }

    private void Forget()
    {
        IsTold = true;
        Array.Clear(_deliveries, 0, Count);
    }
}
