using System.Globalization;

namespace Spate.Client.Consuming;

/// <summary>Where reading a partition begins.</summary>
public readonly record struct StartPosition
{
    private const long LatestMark = -1;
    private const long EarliestMark = -2;
    private const long CommittedMark = long.MinValue;

    private StartPosition(long value, bool isOffset, int leaderEpoch = -1)
    {
        Value = value;
        IsOffset = isOffset;
        LeaderEpoch = leaderEpoch;
    }

    /// <summary>The first record that is still there.</summary>
    public static StartPosition Beginning { get; } = new(EarliestMark, isOffset: false);

    /// <summary>After the last record: only what is written from now on.</summary>
    public static StartPosition End { get; } = new(LatestMark, isOffset: false);

    /// <summary>What the consumer's group has committed, or else what the options say. No leader knows: the group's coordinator is asked.</summary>
    internal static StartPosition Committed { get; } = new(CommittedMark, isOffset: false);

    internal bool IsOffset { get; }

    /// <summary>The offset, or what ListOffsets takes for a time.</summary>
    internal long Value { get; }

    /// <summary>The epoch of the record before the offset; -1 when it is not known.</summary>
    internal int LeaderEpoch { get; }

    /// <summary>An offset.</summary>
    /// <param name="offset">The offset to read next, from 0 on. One that is not there is what <see cref="ConsumerOptions.OffsetReset"/> is for.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static StartPosition At(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new StartPosition(offset, isOffset: true);
    }

    /// <summary>
    /// An offset behind a record whose leader's epoch is known, as <see cref="ConsumerRecord{TKey, TValue}.LeaderEpoch"/> tells it. If the log has lost that record
    /// meanwhile, it is noticed (KIP-320).
    /// </summary>
    /// <param name="offset">The offset to read next, from 0 on.</param>
    /// <param name="leaderEpoch">The epoch of the record before it; -1 when it is not known.</param>
    /// <exception cref="ArgumentOutOfRangeException">The offset is negative, or the epoch below -1.</exception>
    public static StartPosition At(long offset, int leaderEpoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfLessThan(leaderEpoch, -1);
        return new StartPosition(offset, isOffset: true, leaderEpoch);
    }

    /// <summary>The first record of that time or later, by the records' timestamps, to the millisecond; the end when there is none.</summary>
    /// <param name="time">From 1970 on; a part of a millisecond is cut off. It may lie in the future.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is before 1970.</exception>
    public static StartPosition At(DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        ArgumentOutOfRangeException.ThrowIfNegative(milliseconds, nameof(time));
        return new StartPosition(milliseconds, isOffset: false);
    }

    /// <summary>In words.</summary>
    public override string ToString() => (IsOffset, Value) switch
    {
        (true, _) => string.Create(CultureInfo.InvariantCulture, $"offset {Value}"),
        (_, LatestMark) => "the end",
        (_, EarliestMark) => "the beginning",
        (_, CommittedMark) => "what the group has committed",
        _ => string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.FromUnixTimeMilliseconds(Value):O}"),
    };
}
