namespace Spate.Storage.Validation;

/// <summary>The create times that a topic takes at one moment, in milliseconds since 1970, both ends included.</summary>
internal readonly record struct TimestampBounds(long Lowest, long Highest)
{
    /// <summary>Stands for "no timestamp" and is taken whatever the bounds are.</summary>
    public const long NoTimestamp = -1;

    public static TimestampBounds Unbounded { get; } = new(long.MinValue, long.MaxValue);

    public static TimestampBounds Around(long nowMs, ValidationRules rules) => new(
        Saturate((Int128)nowMs - rules.TimestampBeforeMaximumMs),
        Saturate((Int128)nowMs + rules.TimestampAfterMaximumMs));

    public bool Contains(long timestamp) => timestamp == NoTimestamp || (timestamp >= Lowest && timestamp <= Highest);

    private static long Saturate(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);
}
