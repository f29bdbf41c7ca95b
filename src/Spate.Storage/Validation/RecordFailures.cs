namespace Spate.Storage.Validation;

/// <summary>
/// Names the records that an append is refused for: those without a key in a compacted topic, and those out of the bounds of time.
/// </summary>
internal struct RecordFailures
{
    private const string MissingKey = "A compacted topic cannot take a record without a key.";

    private readonly TimestampBounds _bounds;
    private readonly bool _needsKeys;
    private List<RecordFailure>? _failures;
    private int _count;
    private int _lateOrEarly;
    private int _nextIndex;

    /// <param name="bounds">The create times to be taken.</param>
    /// <param name="needsKeys">Whether a record must have a key.</param>
    public RecordFailures(TimestampBounds bounds, bool needsKeys)
    {
        _bounds = bounds;
        _needsKeys = needsKeys;
    }

    /// <summary>Judges the next record.</summary>
    public void Add(long timestamp, bool hasKey)
    {
        var index = _nextIndex++;
        if (_needsKeys && !hasKey)
        {
            Add(index, MissingKey);
        }
        else if (!_bounds.Contains(timestamp))
        {
            _lateOrEarly++;
            Add(index, $"The timestamp {timestamp} is not between {_bounds.Lowest} and {_bounds.Highest}.");
        }
    }

    /// <summary>The failure, or null when all records are good. Like Kafka, a timestamp at fault names the whole.</summary>
    public readonly AppendFailure? ToFailure()
    {
        if (_failures is null)
        {
            return null;
        }

        return _lateOrEarly > 0
            ? new(AppendError.InvalidTimestamp, $"The timestamp of {_lateOrEarly} records is out of the topic's bounds.", _failures)
            : new(AppendError.InvalidRecord, $"There are {_count} records that cannot be appended. {MissingKey}", _failures) { Cause = AppendFailureCause.MissingKey };
    }

    private void Add(int index, string message)
    {
        _failures ??= [];
        _count++;
        if (_failures.Count < AppendFailure.RecordsMaximum)
        {
            _failures.Add(new RecordFailure(index, message));
        }
    }
}
