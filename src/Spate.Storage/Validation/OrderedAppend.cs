using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// An append whose offsets another broker, or the quorum, has given out. Only what could break the log is checked: whole batches,
/// checksums, offsets that rise. The bytes stay as they are, and records inside compressed batches are never looked at.
/// </summary>
internal static class OrderedAppend
{
    public static ValidationResult Run(Memory<byte> records, in ValidationRequest request)
    {
        var tally = new AppendTally(request.NextOffset);
        var entries = new RecordBatchEnumerator(records.Span);
        while (entries.MoveNext())
        {
            if (Take(ref tally, entries.Current, request) is { } failure)
            {
                return new ValidationResult(failure);
            }
        }

        var isCutShort = entries.Error == RecordError.Incomplete && request.Origin == AppendOrigin.Replication && tally.BatchCount > 0;
        return entries.Error == RecordError.None || isCutShort
            ? new ValidationResult(records[..entries.BytesConsumed], replacement: null, tally.ToSummary(logAppendTimeMs: null))
            : new ValidationResult(AppendFailures.OfContent(entries.Error));
    }

    private static AppendFailure? Take(ref AppendTally tally, ReadOnlySpan<byte> entry, in ValidationRequest request)
    {
        if (request.Origin == AppendOrigin.RaftLeader && entry.Length > request.Rules.MaximumBatchSize)
        {
            return AppendFailures.TooLarge(entry.Length, request.Rules);
        }

        if (entry[RecordBatchLayout.Magic] != RecordBatchLayout.CurrentMagic)
        {
            return TakeLegacy(ref tally, entry, request);
        }

        var error = RecordBatchHeader.Validate(entry, out var header);
        return error == RecordError.None
            ? Take(ref tally, header.BaseOffset, header.LastOffset, header.MaxTimestamp, header.RecordCount, request)
            : AppendFailures.OfHeader(error);
    }

    // A leader that still holds a log of an old format hands it on as it is.
    private static AppendFailure? TakeLegacy(ref AppendTally tally, ReadOnlySpan<byte> entry, in ValidationRequest request)
    {
        if (request.Origin == AppendOrigin.RaftLeader)
        {
            return new(AppendError.InvalidRecord, "A quorum's log has record batches of magic 2 only.");
        }

        var error = LegacyMessage.Read(entry, out var message);
        return error == RecordError.None
            ? Take(ref tally, message.Offset, message.Offset, message.Timestamp, 1, request)
            : AppendFailures.OfHeader(error);
    }

    private static AppendFailure? Take(
        ref AppendTally tally, long firstOffset, long lastOffset, long maxTimestamp, int recordCount, in ValidationRequest request)
    {
        var follows = firstOffset == tally.NextOffset || (firstOffset > tally.NextOffset && request.Origin == AppendOrigin.Replication);
        if (!follows || lastOffset < firstOffset || lastOffset == long.MaxValue)
        {
            return new(
                AppendError.OffsetsOutOfOrder,
                $"Offsets from {firstOffset} to {lastOffset} do not follow on the end of the log at {tally.NextOffset}.");
        }

        tally.Add(firstOffset, lastOffset, maxTimestamp, recordCount);
        return null;
    }
}
