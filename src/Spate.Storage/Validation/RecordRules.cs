using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// What the records of a batch must be. One pass gathers extremes only, so that a good batch costs a few comparisons a record; when one of
/// them gives rise to doubt, a second pass names the records at fault.
/// </summary>
internal static class RecordRules
{
    public static AppendFailure? Check(in OpenBatch batch, TimestampBounds bounds, ValidationRules rules, out RecordSummary summary)
    {
        var error = RecordBatch.Inspect(batch.Records, batch.Header.RecordCount, out summary);
        if (error != RecordError.None)
        {
            return AppendFailures.OfContent(error);
        }

        var earliest = (Int128)batch.Header.BaseTimestamp + summary.MinTimestampDelta;
        var latest = (Int128)batch.Header.BaseTimestamp + summary.MaxTimestampDelta;
        if (earliest < long.MinValue || latest > long.MaxValue)
        {
            return new(AppendError.InvalidTimestamp, "The timestamp of a record does not fit into 64 bits.");
        }

        // A marker is never refused for its time or key: the transaction that it ends would stay open for good.
        var isDoubtful = earliest < bounds.Lowest || latest > bounds.Highest || (rules.IsCompacted && summary.HasNullKey);
        return isDoubtful && !batch.Header.IsControl ? NameFaults(batch, bounds, rules.IsCompacted) : null;
    }

    private static AppendFailure? NameFaults(in OpenBatch batch, TimestampBounds bounds, bool needsKeys)
    {
        var failures = new RecordFailures(bounds, needsKeys);
        var records = new RecordEnumerator(batch.Records, batch.Header.RecordCount);
        while (records.MoveNext())
        {
            failures.Add(batch.Header.BaseTimestamp + records.TimestampDelta, records.HasKey);
        }

        return failures.ToFailure();
    }
}
