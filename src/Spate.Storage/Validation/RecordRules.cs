using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// What the records of a batch must be. <see cref="RecordWalk"/> gathers extremes; when one of them gives rise to doubt, a second
/// pass names the records at fault.
/// </summary>
internal static class RecordRules
{
    public static AppendFailure? Check(in OpenBatch batch, TimestampBounds bounds, ValidationRules rules, out RecordWalk walk)
    {
        walk = RecordWalk.Over(batch.Records, batch.Header.RecordCount);
        if (walk.Error != RecordError.None)
        {
            return AppendFailures.OfContent(walk.Error);
        }

        var earliest = (Int128)batch.Header.BaseTimestamp + walk.MinTimestampDelta;
        var latest = (Int128)batch.Header.BaseTimestamp + walk.MaxTimestampDelta;
        if (earliest < long.MinValue || latest > long.MaxValue)
        {
            return new(AppendError.InvalidTimestamp, "The timestamp of a record does not fit into 64 bits.");
        }

        // A marker is never refused for its time or key: the transaction that it ends would stay open for good.
        var isDoubtful = earliest < bounds.Lowest || latest > bounds.Highest || (rules.IsCompacted && walk.HasNullKey);
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
