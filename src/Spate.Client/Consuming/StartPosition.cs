using System.Globalization;

namespace Spate.Client.Consuming;

/// <summary>Where reading a partition begins.</summary>
public readonly record struct StartPosition
{
    private const long LatestMark = -1;
    private const long EarliestMark = -2;
    private const long CommittedMark = long.MinValue;

    private StartPosition(long value, bool isOffset)
    {
        Value = value;
        IsOffset = isOffset;
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

    /// <summary>An offset.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static StartPosition At(long offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        return new StartPosition(offset, isOffset: true);
    }

    /// <summary>The first record of that time or later, by the records' timestamps, to the millisecond; the end when there is none.</summary>
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
