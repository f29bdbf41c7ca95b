using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// One pass over the records of a batch: are they sound, and what of them matters. It only gathers extremes, so that a good batch costs a few
/// comparisons a record; when one of them gives rise to doubt, <see cref="RecordFailures"/> looks for the records at fault.
/// </summary>
internal readonly struct RecordWalk
{
    private RecordWalk(RecordError error) => Error = error;

    /// <summary>What is wrong with the records, or <see cref="RecordError.None"/>; the rest means nothing otherwise.</summary>
    public RecordError Error { get; }

    /// <summary>Whether the offset deltas are 0, 1, 2 and so on.</summary>
    public bool IsInSequence { get; private init; }

    public bool HasNullKey { get; private init; }

    public long MinimumTimestampDelta { get; private init; }

    public long MaximumTimestampDelta { get; private init; }

    /// <param name="records">The records, uncompressed.</param>
    /// <param name="count">How many there are to be; at least one.</param>
    public static RecordWalk Over(ReadOnlySpan<byte> records, int count)
    {
        var enumerator = new RecordEnumerator(records, count);
        var expectedDelta = 0;
        var disorder = 0;
        var hasNullKey = false;
        var minimum = long.MaxValue;
        var maximum = long.MinValue;
        while (enumerator.MoveNext())
        {
            disorder |= enumerator.OffsetDelta ^ expectedDelta++;
            hasNullKey |= !enumerator.HasKey;
            minimum = Math.Min(minimum, enumerator.TimestampDelta);
            maximum = Math.Max(maximum, enumerator.TimestampDelta);
        }

        return enumerator.Error != RecordError.None
            ? new RecordWalk(enumerator.Error)
            : new RecordWalk(RecordError.None)
            {
                IsInSequence = disorder == 0,
                HasNullKey = hasNullKey,
                MinimumTimestampDelta = minimum,
                MaximumTimestampDelta = maximum,
            };
    }
}
