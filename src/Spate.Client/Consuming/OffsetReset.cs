namespace Spate.Client.Consuming;

/// <summary>What to do where there is no position, or one whose record is gone. Kafka: <c>auto.offset.reset</c>.</summary>
public sealed class OffsetReset
{
    private readonly TimeSpan? _age;
    private readonly StartPosition? _position;

    private OffsetReset(StartPosition? position, TimeSpan? age)
    {
        _position = position;
        _age = age;
    }

    /// <summary>Go to the first record that is still there.</summary>
    public static OffsetReset Earliest { get; } = new(StartPosition.Beginning, null);

    /// <summary>Go to the end. What was written meanwhile is passed over.</summary>
    public static OffsetReset Latest { get; } = new(StartPosition.End, null);

    /// <summary>Fail with OFFSET_OUT_OF_RANGE, and let the caller seek.</summary>
    public static OffsetReset Fail { get; } = new(null, null);

    /// <summary>Go to the first record that is no older than this (KIP-1106). Kafka: <c>by_duration:</c>.</summary>
    /// <param name="age">From zero on, to the millisecond, counted back by this machine's clock when a position is needed. Zero is the end, and what reaches back before 1970 the beginning.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative.</exception>
    public static OffsetReset ByAge(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.Zero);
        return new OffsetReset(null, age);
    }

    /// <summary>Where to go, or null to fail.</summary>
    internal StartPosition? Position(TimeProvider clock) => _age is { } age ? StartPosition.At(Before(clock.GetUtcNow(), age)) : _position;

    /// <summary>No record has a time before 1970, and so far back reaches any age.</summary>
    private static DateTimeOffset Before(DateTimeOffset now, TimeSpan age) => age < now - DateTimeOffset.UnixEpoch ? now - age : DateTimeOffset.UnixEpoch;
}
