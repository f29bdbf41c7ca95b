using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Segments;

namespace Spate.Storage.Compaction;

/// <summary>
/// Takes out of batches what need not stay, and hands the rest on. A batch that loses nothing goes on byte for byte; one that loses something is
/// written anew with everything that its header says, but for the records. Not safe for use by several threads at once.
/// </summary>
internal sealed class BatchFilter(
    RetentionRules rules, TransactionFilter transactions, BatchRewriter rewriter, ReplacementWriter destination, CleaningCounts counts) : IDisposable
{
    /// <summary>The most bytes that a batch may decompress to. No batch in a log exceeds what its validator let in; a foreign one is bounded too.</summary>
    public const int MaximumRecordBytes = 1 << 29;

    private readonly PooledBuffer _scratch = new();
    private readonly RecordChoice _choice = new();

    /// <summary>Whether something was written that is not what was there. Reset by whoever asks.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Filters one entry of a log.</summary>
    /// <returns>Why it cannot be read; nothing has been written of it then.</returns>
    /// <exception cref="IOException">The disk failed.</exception>
    public RecordError Filter(ReadOnlySpan<byte> entry)
    {
        if (entry[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return FilterMessages(entry);
        }

        var error = RecordBatchHeader.Validate(entry, out var header);
        if (error == RecordError.None)
        {
            counts.RecordsRead += header.RecordCount;
            if (header.IsControl)
            {
                FilterControl(entry, header);
            }
            else
            {
                error = FilterData(entry, header);
            }
        }

        return error;
    }

    public void Dispose() => _scratch.Dispose();

    private void FilterControl(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        var isSpent = transactions.ReadControl(batch, header, out var aborted);
        if (!isSpent || rules.IsLastOfProducer(header) || (header.DeleteHorizon is { } horizon && !rules.IsPastHorizon(horizon)))
        {
            Copy(batch, header);
        }
        else if (header.DeleteHorizon is null && header.RecordCount > 0)
        {
            // Readers that are on their way through the transaction must still meet its end.
            _choice.Begin(header.RecordCount);
            _choice.KeepAll(header.RecordCount);
            Rewrite(batch[RecordBatchHeader.Size..header.BatchSize], header, rules.HorizonOf(header));
        }
        else
        {
            HasChanged = true;
        }

        if (aborted is { } transaction)
        {
            destination.NoteAborted(transaction);
        }
    }

    private RecordError FilterData(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        if (transactions.ReadData(header))
        {
            KeepHeader(batch, header);
            return RecordError.None;
        }

        if (rules.IsBeyondMap(header.BaseOffset))
        {
            Copy(batch, header);
            return RecordError.None;
        }

        var error = RecordBatch.Open(batch, header, MaximumRecordBytes, _scratch, out var bytes);
        if (error == RecordError.None)
        {
            error = Choose(bytes, header);
        }

        if (error != RecordError.None)
        {
            return error;
        }

        if (_choice.Kept == 0)
        {
            KeepHeader(batch, header);
        }
        else if (_choice.KeepsAll && (!_choice.KeepsTombstone || header.DeleteHorizon is not null))
        {
            Copy(batch, header);
        }
        else
        {
            Rewrite(bytes, header, _choice.KeepsTombstone ? rules.HorizonOf(header) : header.DeleteHorizon);
        }

        return RecordError.None;
    }

    private RecordError Choose(ReadOnlySpan<byte> bytes, in RecordBatchHeader header)
    {
        var isPastHorizon = rules.IsPastHorizon(header.DeleteHorizon);
        var records = new RecordEnumerator(bytes, header.RecordCount);
        _choice.Begin(header.RecordCount);
        while (records.MoveNext())
        {
            var record = records.Current;
            var hasValue = !record.Value.IsNull;
            _choice.Add(rules.Keeps(record.Key, hasValue, header.BaseOffset + record.OffsetDelta, isPastHorizon), hasValue);
        }

        return records.Error;
    }

    /// <summary>Of a batch without records only the sequence numbers matter, and only as long as their producer may go on with them.</summary>
    private void KeepHeader(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        var isLast = rules.IsLastOfProducer(header);
        if (isLast && header.RecordCount == 0)
        {
            Copy(batch, header);
            return;
        }

        HasChanged = true;
        if (isLast)
        {
            destination.Write(rewriter.Empty(header), header.LastOffset);
        }
    }

    private void Copy(ReadOnlySpan<byte> batch, in RecordBatchHeader header)
    {
        counts.RecordsKept += header.RecordCount;
        destination.Write(batch[..header.BatchSize], header.LastOffset);
    }

    private void Rewrite(ReadOnlySpan<byte> records, in RecordBatchHeader header, long? horizon)
    {
        HasChanged = true;
        counts.RecordsKept += _choice.Kept;
        destination.Write(rewriter.Rewrite(records, header, _choice, horizon), header.LastOffset);
    }

    /// <summary>
    /// An entry of magic 0 or 1. One that must be written anew, or that holds a tombstone, for whose time the old formats have no place, becomes
    /// a batch of magic 2.
    /// </summary>
    private RecordError FilterMessages(ReadOnlySpan<byte> entry)
    {
        if (StoredBatch.TryRead(entry, entry.Length, out var stored) is var error && error != RecordError.None)
        {
            return error;
        }

        var messages = new LegacyMessageEnumerator(entry, MaximumRecordBytes, _scratch);
        _choice.Begin(entry.Length / LegacyMessageLayout.MinimumSizeMagic0);
        while (messages.MoveNext())
        {
            var message = messages.Current;
            var hasValue = !message.Value.IsNull;
            _choice.Add(rules.Keeps(message.Key, hasValue, message.Offset, isPastHorizon: false), hasValue);
        }

        if (messages.Error != RecordError.None)
        {
            return messages.Error;
        }

        counts.RecordsRead += _choice.Count;
        counts.RecordsKept += _choice.Kept;
        if (_choice.KeepsAll && !_choice.KeepsTombstone)
        {
            destination.Write(entry, stored.LastOffset);
            return RecordError.None;
        }

        HasChanged = true;
        if (_choice.Kept > 0)
        {
            destination.Write(rewriter.Rewrite(entry, stored.LastOffset, _choice, rules), stored.LastOffset);
        }

        return RecordError.None;
    }
}
