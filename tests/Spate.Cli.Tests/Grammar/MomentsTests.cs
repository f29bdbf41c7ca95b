using System.Globalization;
using Spate.Cli.Grammar;
using Spate.Cli.Positions;

namespace Spate.Cli.Tests.Grammar;

public sealed class MomentsTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("10", 10_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("500ms", 500)]
    [InlineData("2m", 120_000)]
    [InlineData("3h", 10_800_000)]
    [InlineData("7d", 604_800_000)]
    public void TryDuration_OfItsForms_IsRead(string text, long milliseconds)
    {
        Assert.True(Moments.TryDuration(text, out var duration));
        Assert.Equal(milliseconds, (long)duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 m")]
    [InlineData("-5s")]
    [InlineData("5w")]
    [InlineData("99999999999999d")]
    public void TryDuration_OfAnythingElse_IsRefused(string text) => Assert.False(Moments.TryDuration(text, out _));

    [Theory]
    [InlineData("2026-05-01T10:00:00Z", "2026-05-01T10:00:00.000Z")]
    [InlineData("2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00.000Z")]
    [InlineData("2026-05-01", "2026-05-01T00:00:00.000Z")]
    [InlineData("2h", "2026-05-01T10:00:00.000Z")]
    [InlineData("1777629600000", "2026-05-01T10:00:00.000Z")]
    public void TryTime_OfItsForms_IsRead(string text, string expected)
    {
        Assert.True(Moments.TryTime(text, Now, out var time));
        Assert.Equal(expected, time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("yesterday")]
    [InlineData("12")]
    [InlineData("1969-12-31")]
    [InlineData("9999999999999999999")]
    public void TryTime_OfAnythingElse_IsRefused(string text) => Assert.False(Moments.TryTime(text, Now, out _));

    [Theory]
    [InlineData("beginning", "Beginning", 0)]
    [InlineData("end", "End", 0)]
    [InlineData("42", "Offset", 42)]
    [InlineData("-10", "BeforeEnd", 10)]
    [InlineData("2h", "Time", 0)]
    [InlineData("1777629600000", "Time", 0)]
    public void Position_OfItsForms_IsRead(string text, string kind, long offset)
    {
        Assert.True(Position.TryParse(text, Now, out var position));
        Assert.Equal((kind, offset), (position.Kind.ToString(), position.Offset));
    }

    [Fact]
    public void Position_OfAnythingElse_IsRefused() => Assert.False(Position.TryParse("start", Now, out _));
}
