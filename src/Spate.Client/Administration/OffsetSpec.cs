using System.Globalization;

namespace Spate.Client.Administration;

/// <summary>Which offset of a partition is asked for.</summary>
public readonly record struct OffsetSpec
{
    private const long LatestMark = -1;
    private const long EarliestMark = -2;
    private const long MaxTimestampMark = -3;
    private const long EarliestLocalMark = -4;
    private const long LatestTieredMark = -5;
    private const long EarliestPendingUploadMark = -6;

    // Kept moved by one, so that the default means the latest.
    private readonly long _fromLatest;

    private OffsetSpec(long value) => _fromLatest = value - LatestMark;

    /// <summary>That of the first record that is still there.</summary>
    public static OffsetSpec Earliest { get; } = new(EarliestMark);

    /// <summary>The one behind the last record that may be read, by the isolation level of the call.</summary>
    public static OffsetSpec Latest { get; } = new(LatestMark);

    /// <summary>That of the record with the highest timestamp (KIP-734): ListOffsets version 7.</summary>
    public static OffsetSpec MaxTimestamp { get; } = new(MaxTimestampMark);

    /// <summary>That of the first record on the leader's own disk, where older ones lie in remote storage (KIP-405): ListOffsets version 8.</summary>
    public static OffsetSpec EarliestLocal { get; } = new(EarliestLocalMark);

    /// <summary>That of the last record in remote storage (KIP-1005): ListOffsets version 9.</summary>
    public static OffsetSpec LatestTiered { get; } = new(LatestTieredMark);

    /// <summary>That of the first record that is not in remote storage yet (KIP-1023): ListOffsets version 11.</summary>
    public static OffsetSpec EarliestPendingUpload { get; } = new(EarliestPendingUploadMark);

    /// <summary>What the request takes for a time.</summary>
    internal long Timestamp => _fromLatest + LatestMark;

    /// <summary>The first version of ListOffsets that knows it.</summary>
    internal short LowestVersion => Timestamp switch
    {
        MaxTimestampMark => 7,
        EarliestLocalMark => 8,
        LatestTieredMark => 9,
        EarliestPendingUploadMark => 11,
        _ => 0,
    };

    /// <summary>That of the first record of a time or later, by the records' timestamps, to the millisecond; none when there is no such record.</summary>
    /// <param name="time">The time, from 1970 on.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970.</exception>
    public static OffsetSpec At(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));
        return new OffsetSpec(milliseconds);
    }

    /// <summary>In words.</summary>
    public override string ToString() => Timestamp switch
    {
        LatestMark => "the latest offset",
        EarliestMark => "the earliest offset",
        MaxTimestampMark => "the offset of the highest timestamp",
        EarliestLocalMark => "the earliest local offset",
        LatestTieredMark => "the latest tiered offset",
        EarliestPendingUploadMark => "the earliest offset that is not uploaded",
        var time => string.Create(CultureInfo.InvariantCulture, $"the offset of {DateTimeOffset.FromUnixTimeMilliseconds(time):O}"),
    };
}
