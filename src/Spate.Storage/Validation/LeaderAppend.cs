using System.Buffers;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// An append that this broker leads: every record is looked at, offsets are given out. A good batch in the codec it is to be stored in is
/// patched where it lies; the first batch that has to be written anew takes the ones before it along into pooled memory.
/// </summary>
internal ref struct LeaderAppend
{
    private readonly Memory<byte> _records;
    private readonly ValidationRequest _request;
    private readonly TimestampBounds _bounds;
    private AppendTally _tally;
    private PooledBuffer? _replacement;
    private int _position;

    private bool _hasTurn;

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
        while (_position < _records.Length)
        {
            if (TakeNext() is { } failure)
            {
                return new ValidationResult(failure);
            }
        }

        var replacement = _replacement;
        _replacement = null;
        return new ValidationResult(replacement?.Memory ?? _records, replacement, _tally.ToSummary(LogAppendTimeMs));
    }

    /// <summary>Gives back what was leased and not handed over with the result.</summary>
    public void Dispose()
    {
        _replacement?.Dispose();
        if (_hasTurn)
        {
            _hasTurn = false;
            UnpackingTurns.GiveBack();
        }
    }

    private void TakeTurn()
    {
        if (!_hasTurn)
        {
            UnpackingTurns.Take();
            _hasTurn = true;
        }
    }

    private AppendFailure? TakeNext()
    {
        var rest = _records.Span[_position..];
        var error = RecordBatchEnumerator.Measure(rest, out var size);
        if (error != RecordError.None)
        {
            return AppendFailures.OfContent(error);
        }

        if (rest[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return TakeLegacy(rest);
        }

        if (_request.Origin == AppendOrigin.Client && size != _records.Length)
        {
            return new(AppendError.InvalidRecord, "A client must send exactly one record batch for a partition.");
        }

        var failure = Take(rest[..size]);
        _position += size;
        return failure;
    }

    private AppendFailure? TakeLegacy(ReadOnlySpan<byte> rest)
    {
        if (!_request.AcceptsLegacyMagic || _position > 0)
        {
            return new(AppendError.InvalidRecord, "This request must carry record batches of magic 2 only.") { Cause = AppendFailureCause.Magic };
        }

        TakeTurn();
        using var builder = new RecordBatchBuilder();
        if (LegacySet.Convert(rest, _request, builder, out var codec) is { } refusal)
        {
            return refusal;
        }

        ReadOnlySpan<byte> batch = builder.Build().Span;
        if (!RecordBatchHeader.TryRead(batch, out var header))
        {
            throw new InvalidOperationException("A batch was built that is none.");
        }

        var failure = TakeRecords(new OpenBatch { Header = header, Records = batch[RecordBatchLayout.Records..], SourceCodec = codec });
        _position += rest.Length;
        return failure;
    }

    private AppendFailure? Take(Span<byte> batch)
    {
        if (BatchHeaderRules.Check(batch, _request, out var header) is { } failure)
        {
            return failure;
        }

        return header.Codec == CompressionCodec.None
            ? TakeRecords(new OpenBatch
            {
                Header = header,
                Records = batch[RecordBatchLayout.Records..],
                SourceCodec = CompressionCodec.None,
                Source = batch,
            })
            : TakeCompressed(batch, header);
    }

    private AppendFailure? TakeCompressed(Span<byte> batch, in RecordBatchHeader header)
    {
        TakeTurn();
        using var scratch = new PooledBuffer();
        var error = RecordBatch.Open(batch, header, _request.Rules.EffectiveDecompressedSizeMaximum, scratch, out var records);
        return error == RecordError.None
            ? TakeRecords(new OpenBatch { Header = header, Records = records, SourceCodec = header.Codec, Source = batch })
            : AppendFailures.OfContent(error);
    }

    private AppendFailure? TakeRecords(scoped OpenBatch batch)
    {
        if (RecordRules.Check(batch, _bounds, _request.Rules, out var walk) is { } failure)
        {
            return failure;
        }

        var maxTimestamp = LogAppendTimeMs
            ?? Math.Max(TimestampBounds.NoTimestamp, batch.Header.BaseTimestamp + walk.MaxTimestampDelta);
        var target = TargetCodecOf(batch);
        if (!batch.Source.IsEmpty && walk.IsInSequence && target == batch.SourceCodec)
        {
            Patch(batch.Source, maxTimestamp);
            _replacement?.Write(batch.Source);
        }
        else if (WriteAnew(batch, target, maxTimestamp, walk.IsInSequence) is { } refusal)
        {
            return refusal;
        }

        var count = batch.Header.RecordCount;
        _tally.Add(_tally.NextOffset, _tally.NextOffset + count - 1, maxTimestamp, count);
        return null;
    }

    // Brokers look into control batches all the time, and tools expect to: they are not compressed for the sake of a topic's setting.
    private readonly CompressionCodec TargetCodecOf(scoped OpenBatch batch) =>
        batch.Header.IsControl ? batch.SourceCodec : _request.Rules.TargetCodec ?? batch.SourceCodec;

    private readonly void Patch(Span<byte> batch, long maxTimestamp)
    {
        RecordBatchPatch.SetBaseOffset(batch, _tally.NextOffset);
        RecordBatchPatch.SetPartitionLeaderEpoch(batch, _request.LeaderEpoch);
        RecordBatchPatch.SetMaxTimestamp(batch, _request.Rules.TimestampType, maxTimestamp);
    }

    private AppendFailure? WriteAnew(scoped OpenBatch batch, CompressionCodec target, long maxTimestamp, bool isInSequence)
    {
        if (!Compressor.IsAvailable(target))
        {
            return AppendFailures.UnavailableCodec(target);
        }

        var header = batch.Header with
        {
            BaseOffset = _tally.NextOffset,
            PartitionLeaderEpoch = _request.LeaderEpoch,
            Attributes = RecordBatchAttributes.Create(
                target, _request.Rules.TimestampType, batch.Header.IsTransactional, batch.Header.IsControl),
            MaxTimestamp = maxTimestamp,
        };
        var level = target == _request.Rules.TargetCodec ? _request.Rules.CompressionLevel : null;
        var replacement = BeginReplacement();
        var size = isInSequence
            ? BatchWriter.Write(replacement, header, level, batch.Records)
            : BatchWriter.WriteRenumbered(replacement, header, level, batch.Records);
        return size > _request.Rules.MaximumBatchSize ? AppendFailures.TooLarge(size, _request.Rules) : null;
    }

    private PooledBuffer BeginReplacement()
    {
        if (_replacement is null)
        {
            _replacement = new PooledBuffer();
            _replacement.Write(_records.Span[.._position]);
        }

        return _replacement;
    }
}
