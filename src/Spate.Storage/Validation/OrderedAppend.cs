using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// An append whose offsets another broker, or the quorum, has given out. Only what could break the log is checked: whole batches, checksums,
/// offsets that rise. The bytes stay as they are, and records inside compressed batches are never looked at.
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
            : new ValidationResult(BatchHeaderRules.OfError(entries.Error));
    }

    private static AppendFailure? Take(ref AppendTally tally, ReadOnlySpan<byte> batch, in ValidationRequest request)
    {
        if (request.Origin == AppendOrigin.RaftLeader && batch.Length > request.Rules.MaximumBatchSize)
        {
            return BatchHeaderRules.TooLarge(batch.Length, request.Rules);
        }

        var error = RecordBatchHeader.Validate(batch, out var header);
        if (error != RecordError.None)
        {
            return BatchHeaderRules.OfError(error);
        }

        var follows = request.Origin == AppendOrigin.RaftLeader
            ? header.BaseOffset == tally.NextOffset
            : header.BaseOffset >= tally.NextOffset;
        if (!follows || header.LastOffset < header.BaseOffset || header.LastOffset == long.MaxValue)
        {
            return new(
                AppendError.OffsetsOutOfOrder,
                $"A batch from offset {header.BaseOffset} to {header.LastOffset} does not follow on the offset {tally.NextOffset - 1}.");
        }

        tally.Add(header.BaseOffset, header.LastOffset, header.MaxTimestamp, header.RecordCount);
        return null;
    }
}
