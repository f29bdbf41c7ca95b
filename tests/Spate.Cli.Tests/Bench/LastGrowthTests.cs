using Microsoft.Extensions.Time.Testing;
using Spate.Cli.Bench.Measuring;

namespace Spate.Cli.Tests.Bench;

public sealed class LastGrowthTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly long _start;
    private long _count = 7;

    public LastGrowthTests() => _start = _clock.GetTimestamp();

    [Fact]
    public void What_has_not_grown_is_told_from_the_beginning()
    {
        using var growth = new LastGrowth(() => _count, _clock);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(_start, growth.At);
    }

    [Fact]
    public void The_time_without_growth_is_left_out()
    {
        using var growth = new LastGrowth(() => _count, _clock);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        _count++;
        _clock.Advance(TimeSpan.FromMilliseconds(10));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromMilliseconds(510), _clock.GetElapsedTime(_start, growth.At));
    }
}
