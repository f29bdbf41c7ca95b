using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// An append that this broker leads: every record is looked at, offsets are given out. One good batch in the codec it is to be stored in is
/// patched where it lies; the first batch that has to be made anew takes the ones before it along into pooled memory.
/// </summary>
internal ref struct LeaderAppend
{
    private readonly Memory<byte> _records;
    private readonly ValidationRequest _request;
    private readonly TimestampBounds _bounds;
    private AppendTally _tally;
    private PooledRecords? _replacement;

    public LeaderAppend(Memory<byte> records, in ValidationRequest request)
    {
        _records = records;
        _request = request;
        _bounds = request.Rules.TimestampType == TimestampType.CreateTime
            ? TimestampBounds.Around(request.NowMs, request.Rules)
            : TimestampBounds.Unbounded;
        _tally = new AppendTally(request.NextOffset);
    }

    private readonly long? LogAppendTimeMs => _request.Rules.TimestampType == TimestampType.LogAppendTime ? _request.NowMs : null;

    public ValidationResult Run()
    {
        var position = 0;
        while (position < _records.Length)
        {
            if (TakeNext(ref position) is { } failure)
            {
                return new ValidationResult(failure);
            }
        }

        var replacement = _replacement;
        _replacement = null;
        return new ValidationResult(replacement?.Memory ?? _records, replacement, _tally.ToSummary(LogAppendTimeMs));
    }

    /// <summary>Gives back what was leased and not handed over with the result.</summary>
    public readonly void Dispose() => _replacement?.Dispose();

    private AppendFailure? TakeNext(ref int position)
    {
        var rest = _records.Span[position..];
        var error = RecordBatchEnumerator.Measure(rest, out var size);
        if (error != RecordError.None)
        {
            return BatchHeaderRules.OfError(error);
        }

        if (rest[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return new(AppendError.InvalidRecord, "This version of the request must carry record batches of magic 2.");
        }

        if (_request.Origin == AppendOrigin.Client && size != _records.Length)
        {
            return new(AppendError.InvalidRecord, "A client must send exactly one record batch for a partition.");
        }

        var failure = Take(_records.Slice(position, size), position);
        position += size;
        return failure;
    }

    private AppendFailure? Take(Memory<byte> batch, int position)
    {
        if (BatchHeaderRules.Check(batch.Span, _request, out var header) is { } failure)
        {
            return failure;
        }

        return TakeRecords(batch, position, header, batch.Span[RecordBatchLayout.Records..]);
    }

    private AppendFailure? TakeRecords(Memory<byte> batch, int position, in RecordBatchHeader header, ReadOnlySpan<byte> records)
    {
        var walk = RecordWalk.Over(records, header.RecordCount);
        if (walk.Error != RecordError.None)
        {
            return BatchHeaderRules.OfError(walk.Error);
        }

        if (CheckRecords(header, records, walk) is { } failure)
        {
            return failure;
        }

        var maxTimestamp = LogAppendTimeMs
            ?? Math.Max(TimestampBounds.NoTimestamp, header.BaseTimestamp + walk.MaximumTimestampDelta);
        if (walk.IsInSequence && TargetCodecOf(header) == header.Codec)
        {
            Patch(batch.Span, maxTimestamp);
            _replacement?.Append(batch.Span);
        }
        else if (Rebuild(position, header, records, maxTimestamp) is { } tooLarge)
        {
            return tooLarge;
        }

        _tally.Add(_tally.NextOffset, _tally.NextOffset + header.RecordCount - 1, maxTimestamp, header.RecordCount);
        return null;
    }

    // What a coordinator marks the end of a transaction with is never refused for its time or key: the transaction would stay open for good.
    private readonly AppendFailure? CheckRecords(in RecordBatchHeader header, ReadOnlySpan<byte> records, in RecordWalk walk)
    {
        var earliest = (Int128)header.BaseTimestamp + walk.MinimumTimestampDelta;
        var latest = (Int128)header.BaseTimestamp + walk.MaximumTimestampDelta;
        if (earliest < long.MinValue || latest > long.MaxValue)
        {
            return new(AppendError.InvalidTimestamp, "The timestamp of a record is beyond 64 bits.");
        }

        if (header.IsControl
            || (earliest >= _bounds.Lowest && latest <= _bounds.Highest && !(_request.Rules.IsCompacted && walk.HasNullKey)))
        {
            return null;
        }

        var failures = new RecordFailures(_bounds, _request.Rules.IsCompacted);
        var enumerator = new RecordEnumerator(records, header.RecordCount);
        while (enumerator.MoveNext())
        {
            failures.Add(header.BaseTimestamp + enumerator.TimestampDelta, enumerator.HasKey);
        }

        return failures.ToFailure();
    }

    // Control batches are read by brokers at every turn, and stay as they are.
    private readonly CompressionCodec TargetCodecOf(in RecordBatchHeader header) =>
        header.IsControl ? header.Codec : _request.Rules.TargetCodec ?? header.Codec;

    private readonly void Patch(Span<byte> batch, long maxTimestamp)
    {
        RecordBatchPatch.SetBaseOffset(batch, _tally.NextOffset);
        RecordBatchPatch.SetPartitionLeaderEpoch(batch, _request.LeaderEpoch);
        RecordBatchPatch.SetMaxTimestamp(batch, _request.Rules.TimestampType, maxTimestamp);
    }

    private AppendFailure? Rebuild(int position, in RecordBatchHeader header, ReadOnlySpan<byte> records, long maxTimestamp)
    {
        using var builder = new RecordBatchBuilder(OptionsFor(header));
        var enumerator = new RecordEnumerator(records, header.RecordCount);
        while (enumerator.MoveNext())
        {
            var record = enumerator.Current;
            builder.AppendAt(builder.NextOffset, header.BaseTimestamp + record.TimestampDelta, record.Key, record.Value, record.Headers);
        }

        var batch = builder.Build();
        if (batch.Length > _request.Rules.MaximumBatchSize)
        {
            return BatchHeaderRules.TooLarge(batch.Length, _request.Rules);
        }

        RecordBatchPatch.SetMaxTimestamp(batch.Span, _request.Rules.TimestampType, maxTimestamp);
        if (_replacement is null)
        {
            _replacement = new PooledRecords(position + batch.Length);
            _replacement.Append(_records.Span[..position]);
        }

        _replacement.Append(batch.Span);
        return null;
    }

    private readonly RecordBatchOptions OptionsFor(in RecordBatchHeader header)
    {
        var codec = TargetCodecOf(header);
        return new RecordBatchOptions
        {
            BaseOffset = _tally.NextOffset,
            PartitionLeaderEpoch = _request.LeaderEpoch,
            Codec = codec,
            CompressionLevel = codec == _request.Rules.TargetCodec ? _request.Rules.CompressionLevel : null,
            LogAppendTime = LogAppendTimeMs,
            ProducerId = header.ProducerId,
            ProducerEpoch = header.ProducerEpoch,
            BaseSequence = header.BaseSequence,
            IsTransactional = header.IsTransactional,
            IsControl = header.IsControl,
        };
    }
}
