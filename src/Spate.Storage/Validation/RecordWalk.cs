using Spate.Protocol.Records;

namespace Spate.Storage.Validation;

/// <summary>
/// One pass over the records of a batch: are they sound, and what of them matters. It only gathers extremes, so that a good batch costs a
/// few comparisons a record.
/// </summary>
internal struct RecordWalk
{
    private int _disorder;
    private int _anyKeyLength;

    /// <summary>What is wrong with the records, or <see cref="RecordError.None"/>; the rest means nothing otherwise.</summary>
    public RecordError Error { get; private set; }

    /// <summary>Whether the offset deltas are 0, 1, 2 and so on.</summary>
    public readonly bool IsInSequence => _disorder == 0;

    /// <summary>Whether at least one key is null.</summary>
    public readonly bool HasNullKey => _anyKeyLength < 0;

    public long MinTimestampDelta { get; private set; }

    public long MaxTimestampDelta { get; private set; }

    /// <param name="records">The records, uncompressed.</param>
    /// <param name="count">How many there are to be; at least one.</param>
    public static RecordWalk Over(ReadOnlySpan<byte> records, int count)
    {
        var walk = new RecordWalk { MinTimestampDelta = long.MaxValue, MaxTimestampDelta = long.MinValue };
        if (count > records.Length / RecordBatchLayout.MinimumRecordSize)
        {
            walk.Error = RecordError.InvalidRecordCount;
            return walk;
        }

        var usual = UsualRecords.Take(records, count);
        walk.Add(usual);
        walk.TakeRest(records[usual.Size..], usual.Count, count);
        return walk;
    }

    private void Add(in UsualRecords usual)
    {
        if (usual.Count > 0)
        {
            _disorder = usual.Disorder;
            _anyKeyLength = usual.AnyKeyLength;
            MinTimestampDelta = usual.MinTimestampDelta;
            MaxTimestampDelta = usual.MaxTimestampDelta;
        }
    }

    private void TakeRest(ReadOnlySpan<byte> records, int firstIndex, int count)
    {
        var index = firstIndex;
        var enumerator = new RecordEnumerator(records, count - firstIndex);
        while (enumerator.MoveNext())
        {
            _disorder |= enumerator.OffsetDelta ^ index++;
            _anyKeyLength |= enumerator.HasKey ? 0 : -1;
            MinTimestampDelta = Math.Min(MinTimestampDelta, enumerator.TimestampDelta);
            MaxTimestampDelta = Math.Max(MaxTimestampDelta, enumerator.TimestampDelta);
        }

        Error = enumerator.Error;
    }
}
