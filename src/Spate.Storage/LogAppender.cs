using System.Runtime.InteropServices;
using Spate.Protocol.Records;
using Spate.Storage.Producers;
using Spate.Storage.Segments;
using Spate.Storage.Validation;

namespace Spate.Storage;

/// <summary>
/// Takes records into the log: validates them, gives them their offsets where they lie, checks their producers, and writes them with one call to
/// the disk. All under the append lock.
/// </summary>
internal sealed class LogAppender(LogState state, LogFlusher flusher)
{
    private long _jitterMs = -1;

    public LogAppendResult AppendAsLeader(Memory<byte> records, int leaderEpoch, in LogAppendRequest request)
    {
        if (request.Origin is not (AppendOrigin.Client or AppendOrigin.Coordinator))
        {
            throw new ArgumentException($"Batches of the origin {request.Origin} bring their offsets along; they are appended in order.", nameof(request));
        }

        lock (state.Appending)
        {
            state.ThrowIfUnchangeable();
            if (state.Epochs.Latest is { } latest && latest.Epoch > leaderEpoch)
            {
                // Who was on the way here when the leadership went must not append to what the next leader has begun.
                return Refusal(LogAppendError.LeaderEpochPast);
            }

            using var validated = BatchValidator.Validate(records, new ValidationRequest
            {
                Rules = state.Config.Validation,
                NextOffset = state.End.Offset,
                LeaderEpoch = leaderEpoch,
                NowMs = state.NowMs,
                Origin = request.Origin,
                AcceptsLegacyMagic = request.AcceptsLegacyMagic,
                AcceptsZstd = request.AcceptsZstd,
            });
            if (validated.Failure is { } failure)
            {
                return Refusal(ErrorOf(failure.Error)) with { Failure = failure };
            }

            if (validated.Records.Length > state.Config.SegmentBytes)
            {
                return Refusal(LogAppendError.RecordListTooLarge);
            }

            if (CheckProducers(validated.Records.Span, request) is { } refusal)
            {
                return refusal;
            }

            Write(validated.Records.Span, validated.Summary.FirstOffset, validated.Summary.LastOffset, validated.Summary.MaxTimestamp);
            return Success(validated.Summary) with { ConvertedRecords = validated.IsReplaced ? validated.Summary.RecordCount : 0 };
        }
    }

    public LogAppendResult AppendInOrder(ReadOnlyMemory<byte> records, AppendOrigin origin)
    {
        lock (state.Appending)
        {
            state.ThrowIfUnchangeable();

            // For origins that bring their own offsets the validator changes nothing, so the memory may be handed to it as writable.
            using var validated = BatchValidator.Validate(MemoryMarshal.AsMemory(records), new ValidationRequest
            {
                Rules = state.Config.Validation,
                NextOffset = state.End.Offset,
                LeaderEpoch = -1,
                NowMs = state.NowMs,
                Origin = origin,
            });
            if (validated.Failure is { } failure)
            {
                return Refusal(ErrorOf(failure.Error)) with { Failure = failure };
            }

            WriteRuns(validated.Records.Span);
            return Success(validated.Summary);
        }
    }

    /// <summary>Closes the active segment and begins another one at the log's end, unless the active one is empty.</summary>
    public void Roll()
    {
        lock (state.Appending)
        {
            state.ThrowIfUnchangeable();
            RollTo(state.End.Offset);
        }
    }

    /// <summary>Closes the active segment and begins another one at an offset. Under the append lock.</summary>
    public void RollTo(long baseOffset)
    {
        var active = state.Active;
        if (active.Size == 0 && active.BaseOffset == baseOffset)
        {
            return;
        }

        try
        {
            active.WriteIndexes(complete: true);
            state.Producers.AdvanceTo(baseOffset);
            state.Snapshots.Take(state.Producers);
            var next = LogSegment.Create(state.Directory, baseOffset, state.NowMs);
            flusher.DirectoryChanged();
            state.Segments = [.. state.Segments, next];
            state.PublishEnd(baseOffset, isContinuation: true);
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw state.Fail("beginning a segment", failure);
        }

        _jitterMs = -1;
        flusher.Start(baseOffset);
    }

    private static LogAppendError ErrorOf(AppendError error) => error switch
    {
        AppendError.None => LogAppendError.None,
        AppendError.CorruptMessage => LogAppendError.CorruptMessage,
        AppendError.InvalidRecord => LogAppendError.InvalidRecord,
        AppendError.InvalidTimestamp => LogAppendError.InvalidTimestamp,
        AppendError.MessageTooLarge => LogAppendError.MessageTooLarge,
        AppendError.UnsupportedCompressionType => LogAppendError.UnsupportedCompressionType,
        AppendError.InvalidProducerEpoch => LogAppendError.InvalidProducerEpoch,
        AppendError.OffsetsOutOfOrder => LogAppendError.OffsetsOutOfOrder,
        _ => throw new InvalidOperationException($"No answer belongs to the validator's {error}."),
    };

    private static LogAppendError ErrorOf(ProducerCheckOutcome outcome) => outcome switch
    {
        ProducerCheckOutcome.OutOfOrderSequence => LogAppendError.OutOfOrderSequence,
        ProducerCheckOutcome.InvalidProducerEpoch => LogAppendError.InvalidProducerEpoch,
        ProducerCheckOutcome.InvalidTransactionState => LogAppendError.InvalidTransactionState,
        ProducerCheckOutcome.TransactionCoordinatorFenced => LogAppendError.TransactionCoordinatorFenced,
        ProducerCheckOutcome.InvalidRecord => LogAppendError.InvalidRecord,
        _ => throw new InvalidOperationException($"{outcome} is no refusal."),
    };

    private LogAppendResult Refusal(LogAppendError error) => new()
    {
        Error = error,
        FirstOffset = -1,
        LastOffset = -1,
        LogAppendTime = -1,
        LogStartOffset = state.LogStartOffset,
    };

    private LogAppendResult Success(in AppendSummary summary)
    {
        var mustFlush = state.End.Offset - state.RecoveryPoint >= state.Config.FlushMessages;
        if (mustFlush)
        {
            flusher.Start(state.End.Offset);
        }

        return new LogAppendResult
        {
            FirstOffset = summary.FirstOffset,
            LastOffset = summary.LastOffset,
            LogAppendTime = summary.LogAppendTimeMs ?? -1,
            LogStartOffset = state.LogStartOffset,
            MustFlush = mustFlush,
        };
    }

    private LogAppendResult? CheckProducers(ReadOnlySpan<byte> records, in LogAppendRequest request)
    {
        var batches = new RecordBatchEnumerator(records);
        while (batches.MoveNext())
        {
            if (!RecordBatchHeader.TryRead(batches.Current, out var header) || !header.HasProducerId)
            {
                continue;
            }

            var check = !header.IsControl
                ? state.Producers.Check(header, request.Origin, request.Guard, request.MustVerify)
                : ProducerReplay.TryReadMarker(batches.Current, header, out var marker)
                    ? state.Producers.Check(marker, request.Origin, request.TransactionVersion)
                    : ProducerCheck.Accepted;
            if (check.Outcome == ProducerCheckOutcome.Duplicate)
            {
                return Refusal(LogAppendError.None) with
                {
                    FirstOffset = check.FirstOffset,
                    LastOffset = check.LastOffset,
                    LogAppendTime = header.TimestampType == TimestampType.LogAppendTime ? check.Timestamp : -1,
                    IsDuplicate = true,
                    MustFlush = state.Config.FlushMessages <= state.End.Offset - state.RecoveryPoint && check.LastOffset >= state.RecoveryPoint,
                };
            }

            if (!check.IsAccepted)
            {
                return Refusal(ErrorOf(check.Outcome));
            }
        }

        return null;
    }

    /// <summary>
    /// Writes replicated batches in as few stretches as segments allow: a set that was fetched may be larger than a segment of this topic, and
    /// its offsets may lie further apart than an index can say.
    /// </summary>
    private void WriteRuns(ReadOnlySpan<byte> records)
    {
        int start = 0, end = 0;
        long first = -1, last = -1, newest = -1;
        var batches = new RecordBatchEnumerator(records);
        while (batches.MoveNext())
        {
            if (StoredBatch.TryRead(batches.Current, batches.Current.Length, out var batch) != RecordError.None)
            {
                throw new InvalidOperationException("A batch that has been validated cannot be read.");
            }

            var isFull = (long)end - start + batch.Size > state.Config.SegmentBytes || batch.LastOffset - first > int.MaxValue;
            if (end > start && isFull)
            {
                Write(records[start..end], first, last, newest);
                start = end;
                newest = -1;
            }

            first = start == end ? batch.BaseOffset : first;
            last = batch.LastOffset;
            newest = Math.Max(newest, batch.MaxTimestamp);
            end = batches.BytesConsumed;
        }

        Write(records[start..end], first, last, newest);
    }

    private void Write(ReadOnlySpan<byte> records, long firstOffset, long lastOffset, long maxTimestamp)
    {
        AssignEpochs(records);
        if (MustRoll(records.Length, lastOffset, maxTimestamp))
        {
            RollTo(Math.Max(firstOffset, state.End.Offset));
        }

        var segment = state.Active;
        try
        {
            var position = segment.Append(records, state.Config.IndexIntervalBytes);
            ApplyProducers(records, segment, position);
        }
        catch (Exception failure) when (LogState.IsDiskFailure(failure))
        {
            throw FailWithTail(segment, failure);
        }

        state.Producers.AdvanceTo(lastOffset + 1);
        state.PublishEnd(lastOffset + 1, isContinuation: true);
        state.PublishLastStableOffset();
    }

    private void AssignEpochs(ReadOnlySpan<byte> records)
    {
        var batches = new RecordBatchEnumerator(records);
        while (batches.MoveNext())
        {
            if (RecordBatchHeader.TryRead(batches.Current, out var header) && header.PartitionLeaderEpoch >= 0)
            {
                try
                {
                    state.Epochs.Assign(header.PartitionLeaderEpoch, header.BaseOffset);
                }
                catch (Exception failure) when (LogState.IsDiskFailure(failure))
                {
                    throw state.Fail("noting a leader epoch", failure);
                }
            }
        }
    }

    private void ApplyProducers(ReadOnlySpan<byte> records, LogSegment segment, int position)
    {
        var now = state.NowMs;
        var batches = new RecordBatchEnumerator(records);
        while (batches.MoveNext())
        {
            if (RecordBatchHeader.TryRead(batches.Current, out var header) && header.HasProducerId)
            {
                ProducerReplay.Apply(
                    state.Producers, segment, batches.Current, header, position + batches.Position, now, isIndexed: false);
            }
        }
    }

    private LogFailedException FailWithTail(LogSegment segment, Exception failure)
    {
        try
        {
            segment.CutTail(segment == state.End.Segment ? state.End.Position : 0);
        }
        catch (Exception second) when (LogState.IsDiskFailure(second))
        {
            // The tail stays; nothing is served from this log any more, and opening it again cuts the tail.
            return state.Fail("writing records, and cutting off what was written of them,", new AggregateException(failure, second));
        }

        return state.Fail("writing records", failure);
    }

    private bool MustRoll(int bytes, long lastOffset, long maxTimestamp)
    {
        var segment = state.Active;
        if (lastOffset - segment.BaseOffset > int.MaxValue)
        {
            return true;
        }

        if (segment.Size == 0)
        {
            return false;
        }

        var config = state.Config;
        return segment.Size > config.SegmentBytes - bytes
            || segment.OffsetIndex.IsFull(config.SegmentIndexBytes)
            || segment.TimeIndex.IsFull(config.SegmentIndexBytes)
            || AgeOf(segment, maxTimestamp) > config.RollMs - JitterMs(config);
    }

    /// <summary>By the records' own time where they have one, so that a topic that is copied rolls as the original did.</summary>
    private long AgeOf(LogSegment segment, long maxTimestamp) =>
        segment.FirstTimestamp() is >= 0 and var first && maxTimestamp >= 0 ? maxTimestamp - first : state.NowMs - segment.CreatedAt;

    private long JitterMs(LogConfig config)
    {
        if (_jitterMs < 0)
        {
            var bound = Math.Min(config.SegmentJitterMs, config.RollMs);
            _jitterMs = bound > 0 ? state.Options.Random.NextInt64(bound) : 0;
        }

        return Math.Min(_jitterMs, config.RollMs);
    }
}
