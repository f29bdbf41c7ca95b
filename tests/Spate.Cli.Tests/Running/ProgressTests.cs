using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Spate.Cli.Running;

namespace Spate.Cli.Tests.Running;

public sealed class ProgressTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Work_whose_end_is_known_has_a_bar_a_rate_and_the_time_that_is_left()
    {
        var meter = new ProgressMeter(_clock);
        _clock.Advance(Second);
        Assert.Equal("[#####...............]  25 %  25,000 of 100,000 records read  25,000/s  3 s left", meter.Tell(new Progress(25_000, 100_000, "records read")));
        _clock.Advance(Second);
        Assert.Equal("[##########..........]  50 %  50,000 of 100,000 records read  3 match  25,000/s  2 s left", meter.Tell(new Progress(50_000, 100_000, "records read") { Remark = "3 match" }));
        _clock.Advance(Second);
        Assert.Equal("[####################] 100 %  100,000 of 100,000 records read  33,333/s", meter.Tell(new Progress(100_000, 100_000, "records read")));
    }

    [Fact]
    public void Work_whose_end_nobody_knows_has_a_count_and_a_rate()
    {
        var meter = new ProgressMeter(_clock);
        _clock.Advance(Second);
        Assert.Equal("0 records read", meter.Tell(new Progress(0, null, "records read")));
        _clock.Advance(Second);
        Assert.Equal("1,000 records read  500/s", meter.Tell(new Progress(1_000, null, "records read")));
    }

    [Fact]
    public void Bytes_are_told_in_sizes_and_long_times_in_minutes()
    {
        var meter = new ProgressMeter(_clock);
        _clock.Advance(Second);
        Assert.Equal("[....................]   1 %  1.0 MiB of 100.0 MiB read  1.0 MiB/s  1 min 39 s left", meter.Tell(new Progress(1 << 20, 100 << 20, "read") { IsBytes = true }));
    }

    [Fact]
    public void The_rate_follows_work_that_becomes_slower()
    {
        var meter = new ProgressMeter(_clock);
        var done = 0L;
        for (var second = 0; second < 30; second++)
        {
            _clock.Advance(Second);
            done += second < 15 ? 1_000 : 10;
            meter.Tell(new Progress(done, null, "records read"));
        }

        _clock.Advance(Second);
        Assert.EndsWith("  10/s", meter.Tell(new Progress(done + 10, null, "records read")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_line_is_shown_on_a_terminal_alone_fits_it_and_goes_while_something_else_is_written()
    {
        using var screen = new StringWriter(CultureInfo.InvariantCulture);
        var terminal = new Surroundings { Input = Stream.Null, Output = Stream.Null, Error = screen, IsErrorTerminal = true, ErrorWidth = 10, Clock = _clock };
        using (var line = new ProgressLine(terminal, static () => "a line that is too long"))
        {
            Assert.Empty(screen.ToString());
            _clock.Advance(Second);
            Assert.Equal("\r\u001b[Ka line th", screen.ToString());
            line.Around(() => screen.Write("record\n"));
            Assert.EndsWith("a line th\r\u001b[Krecord\n", screen.ToString(), StringComparison.Ordinal);
            _clock.Advance(Second);
        }

        Assert.EndsWith("a line th\r\u001b[K", screen.ToString(), StringComparison.Ordinal);
        screen.GetStringBuilder().Clear();
        using (new ProgressLine(terminal with { IsErrorTerminal = false }, static () => "words"))
        {
            _clock.Advance(Second);
        }

        Assert.Empty(screen.ToString());
    }
}
