using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Spate.Protocol;
using Spate.Protocol.Records;

namespace Spate.Client.Consuming;

/// <summary>
/// Goes through the records of a <see cref="RecordStream{TKey, TValue}"/>. Each record is taken apart when it is stepped to, where it was received, and a step that has not to wait is a plain call.
/// For use by one caller at a time.
/// </summary>
/// <typeparam name="TKey">The keys' type.</typeparam>
/// <typeparam name="TValue">The values' type.</typeparam>
public sealed class RecordReader<TKey, TValue> : IAsyncEnumerator<ConsumerRecord<TKey, TValue>>
{
    private readonly RecordsInHand _hand = new();
    private readonly RecordStream<TKey, TValue> _stream;
    private readonly CancellationTokenSource? _linked;
    private readonly CancellationToken _cancellation;
    private Consumer? _own;
    private ReaderSeat? _seat;
    private ChunkReader<TKey, TValue>? _reader;
    private FetchedChunk? _chunk;
    private bool _isBatchOpen;
    private bool _isOver;

    // The batch that is handed out.
    private TopicPartition _partition;
    private RecordBatchHeader _header;
    private long _firstOffset;
    private LentBytes? _lent;
    private byte[] _array = [];
    private int _start;
    private int _length;
    private RecordCursor _walk;

    // The record in hand, as far as it is not where it was received.
    private TKey? _key;
    private TValue? _value;
    private RecordHeader[]? _headers;
    private KafkaSerializationException? _error;

    // A batch whose records cannot be taken apart one by one: its format is older, or its deserialisers take time.
    private RecordList<TKey, TValue>? _read;
    private int _index;

    internal RecordReader(RecordStream<TKey, TValue> stream, CancellationToken ofStream, CancellationToken ofEnumeration)
    {
        _stream = stream;
        _linked = ofStream.CanBeCanceled && ofEnumeration.CanBeCanceled && ofStream != ofEnumeration
            ? CancellationTokenSource.CreateLinkedTokenSource(ofStream, ofEnumeration)
            : null;
        _cancellation = _linked?.Token ?? (ofStream.CanBeCanceled ? ofStream : ofEnumeration);
    }

    /// <summary>The record in hand. Meaningless before the first step, and after one that was none.</summary>
    public ConsumerRecord<TKey, TValue> Current => _read is null ? InPlace() : _read[_index];

    /// <summary>Goes to the next record, which the one before is finished by. There always is another: it waits for it.</summary>
    /// <inheritdoc cref="Consumer.ConsumeAsync" path="/exception"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ValueTask<bool> MoveNextAsync()
    {
        var step = TakeStep();
        return step == RecordStep.Handed ? new ValueTask<bool>(true) : MoveSlowlyAsync(step);
    }

    /// <summary>Leaves off. The record in hand is not finished by that.</summary>
    public ValueTask DisposeAsync() => _isOver ? default : EndAsync();

    /// <summary>
    /// Whether keys and values are lent. The compiler knows the answer for all types but one, so that for that one nothing but numbers has to be kept of a record.
    /// </summary>
    private bool IsLent => typeof(TKey) == typeof(ReadOnlyMemory<byte>) && typeof(TValue) == typeof(ReadOnlyMemory<byte>) && _lent is not null;

    private RecordStep TakeStep()
    {
        if (_seat is not { } seat || seat.Floor.IsWanted || _cancellation.IsCancellationRequested)
        {
            return RecordStep.HeldUp;
        }

        if (_read is not null)
        {
            return TakeReadStep(seat, _read);
        }

        var records = new ReadOnlySpan<byte>(_array, _start, _length);
        long offset;
        do
        {
            if (!_walk.MoveNext(records))
            {
                return _walk.Error == RecordError.None ? RecordStep.BatchOver : RecordStep.Corrupt;
            }

            offset = _header.BaseOffset + _walk.OffsetDelta;
        }
        while (offset < _firstOffset);

        if (!IsLent || _walk.ValueLength < 0 || _walk.HeaderCount != 0 || _headers is not null || _error is not null)
        {
            Read(records, offset);
        }

        return Hand(seat, offset + 1);
    }

    private RecordStep TakeReadStep(ReaderSeat seat, RecordList<TKey, TValue> read)
    {
        if (_index + 1 >= read.Count)
        {
            return RecordStep.BatchOver;
        }

        _index++;
        _error = _reader!.ErrorAt(_index);
        return Hand(seat, read[_index].Offset + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RecordStep Hand(ReaderSeat seat, long next)
    {
        seat.Floor.Turn();
        return !_hand.Advance(next) && !seat.Prefetch.IsHandedOut(_hand, next) ? RecordStep.Unwanted
            : _error is null ? RecordStep.Handed
            : RecordStep.Unreadable;
    }

    private void Read(ReadOnlySpan<byte> records, long offset)
    {
        _headers = _walk.HeaderCount == 0 ? null : _walk.Headers(records).ToArray();
        _error = IsLent && _walk.ValueLength >= 0 ? null : _reader!.Read(offset, _walk.Key(records), _walk.Value(records), out _key, out _value);
    }

    private ConsumerRecord<TKey, TValue> InPlace()
    {
        var key = IsLent ? Lend<TKey>(_walk.KeyStart, _walk.KeyLength) : _key;
        var value = IsLent ? Lend<TValue>(_walk.ValueStart, _walk.ValueLength) : _value;
        return new ConsumerRecord<TKey, TValue>(_partition, _header.BaseOffset + _walk.OffsetDelta, key, value)
        {
            TimestampMs = _header.TimestampOf(_walk.TimestampDelta),
            TimestampType = _header.TimestampType,
            Headers = _headers!,
            LeaderEpoch = _header.PartitionLeaderEpoch,
            Origin = _seat?.Watch.Origin,
        };
    }

    private T? Lend<T>(int start, int length) => length < 0 ? default : (T)(object)_lent!.Lend(start, length);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> MoveSlowlyAsync(RecordStep step)
    {
        if (_isOver)
        {
            return false;
        }

        try
        {
            _seat ??= await BeginAsync().ConfigureAwait(false);
            for (; step != RecordStep.Handed; step = TakeStep())
            {
                switch (step)
                {
                    case RecordStep.HeldUp when _chunk is not null:
                        _cancellation.ThrowIfCancellationRequested();
                        await _seat.YieldAsync(_chunk, _cancellation).ConfigureAwait(false);
                        break;
                    case RecordStep.Unreadable:
                        await _seat.TellAsync(_error!, _cancellation).ConfigureAwait(false);
                        break;
                    case RecordStep.Unwanted:
                        Close(_seat);
                        break;
                    case RecordStep.Corrupt:
                        _reader!.Batches.Require(_walk.Error);
                        break;
                    default:
                        await GoOnAsync(_seat).ConfigureAwait(false);
                        break;
                }
            }

            return true;
        }
        catch
        {
            await EndAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async ValueTask<ReaderSeat> BeginAsync()
    {
        _own = _stream.Open is { } open ? await open(_cancellation).ConfigureAwait(false) : null;
        var seat = _own?.Seat ?? _stream.Seat!;
        var reader = seat.NewReader<TKey, TValue>();
        seat.Take();
        _reader = reader;
        return seat;
    }

    /// <summary>Goes to the next batch, or to the end of the chunk, or to the next chunk.</summary>
    private async ValueTask GoOnAsync(ReaderSeat seat)
    {
        var batches = _reader!.Batches;
        if (_chunk is null)
        {
            _chunk = await seat.NextAsync(_cancellation).ConfigureAwait(false);
            batches.Open(_chunk);
        }
        else if ((_isBatchOpen && !seat.Prefetch.Advance(_chunk, batches.NextOffset)) || !batches.MoveNext())
        {
            Close(seat);
        }
        else
        {
            await OpenBatchAsync(seat, _chunk).ConfigureAwait(false);
        }
    }

    private async ValueTask OpenBatchAsync(ReaderSeat seat, FetchedChunk chunk)
    {
        ForgetBatch();
        var batches = _reader!.Batches;
        var isInPlace = MemoryMarshal.TryGetArray(batches.Bytes, out var bytes) && !_reader.MayWait && !batches.IsLegacy;
        if (!isInPlace)
        {
            await _reader.ReadOpenBatchAsync(_cancellation).ConfigureAwait(false);
            (_read, _index) = (_reader.Records, -1);
        }
        else if (!batches.IsEmpty)
        {
            OpenInPlace(chunk, batches, bytes);
        }

        _isBatchOpen = true;
        seat.Watch.Delivers(chunk.Cursor.Name, _read?.Count ?? RecordsToCome());
        if (!seat.Prefetch.Begin(chunk, _hand))
        {
            Close(seat);
        }
    }

    private void OpenInPlace(FetchedChunk chunk, ChunkBatches batches, ArraySegment<byte> bytes)
    {
        _partition = chunk.Cursor.Name;
        _header = batches.Header;
        _firstOffset = chunk.Offset;
        _lent = _reader!.LendsKeys && _reader.LendsValues ? batches.Lent : null;
        (_array, _start, _length) = (bytes.Array!, bytes.Offset, bytes.Count);
        _walk = new RecordCursor(bytes, _header.RecordCount);
    }

    /// <summary>How many records of the batch will be handed out; those before the offset that was asked for will not.</summary>
    private int RecordsToCome()
    {
        if (_length == 0 || _header.BaseOffset >= _firstOffset)
        {
            return _length == 0 ? 0 : _header.RecordCount;
        }

        var count = 0;
        for (var (walk, records) = (_walk, _array.AsMemory(_start, _length)); walk.MoveNext(records.Span);)
        {
            count += _header.BaseOffset + walk.OffsetDelta >= _firstOffset ? 1 : 0;
        }

        return count;
    }

    private void ForgetBatch()
    {
        _walk = default;
        _length = 0;
        _lent = null;
        _read = null;
        _error = null;
        _headers = null;
        _isBatchOpen = false;
    }

    /// <summary>The chunk is over, or not wanted any more.</summary>
    private void Close(ReaderSeat seat)
    {
        ForgetBatch();
        _reader!.Close();
        if (_chunk is { } chunk)
        {
            _chunk = null;
            seat.Prefetch.Release(chunk, isWhole: true);
        }
    }

    private async ValueTask EndAsync()
    {
        _isOver = true;
        ForgetBatch();
        _reader?.Dispose();
        _seat?.Leave(_chunk);
        (_chunk, _seat) = (null, null);
        _linked?.Dispose();
        if (_own is not null)
        {
            await _own.DisposeAsync().ConfigureAwait(false);
        }
    }
}
