using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class ConsumeVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Usage = 2;
    private const int Missing = 4;

    [Theory]
    [InlineData("beginning", "a b c d")]
    [InlineData("end", "")]
    [InlineData("2", "c d")]
    [InlineData("99", "")]
    [InlineData("-1", "d")]
    [InlineData("-99", "a b c d")]
    [InlineData("2026-05-01T00:00:02Z", "c d")]
    [InlineData("2027-01-01", "")]
    public async Task Reading_begins_where_it_is_told_to(string from, string expected)
    {
        var topic = $"from-{from.Replace(":", "-", StringComparison.Ordinal)}";
        (await running.SpateAsync("topics", "create", topic)).Succeeded();
        foreach (var (value, second) in new[] { ("a", 0), ("b", 1), ("c", 2), ("d", 3) })
        {
            (await running.SpateWithInputAsync($"{value}\n", "produce", topic, "--time", $"2026-05-01T00:00:0{second}Z")).Succeeded();
        }

        Assert.Equal(expected, string.Join(' ', (await running.SpateAsync("consume", topic, "--from", from)).Succeeded().Lines));
    }

    [Fact]
    public async Task Reading_stops_after_a_number_or_at_the_end_of_every_partition()
    {
        (await running.SpateAsync("topics", "create", "many", "--partitions", "3")).Succeeded();
        (await running.SpateAsync("topics", "create", "more")).Succeeded();
        (await running.SpateAsync("produce", "many", "--template", "m%{n}", "--key", "%{n}", "--count", "1000")).Succeeded();
        (await running.SpateAsync("produce", "more", "--template", "n%{n}", "--count", "10")).Succeeded();
        var all = (await running.SpateAsync("consume", "many", "more")).Succeeded().Lines;
        Assert.Equal(Enumerable.Range(1, 1000).Select(static n => $"m{n}").Concat(Enumerable.Range(1, 10).Select(static n => $"n{n}")).Order(StringComparer.Ordinal), all.Order(StringComparer.Ordinal));
        Assert.Equal(7, (await running.SpateAsync("consume", "many", "--count", "7")).Succeeded().Lines.Count);
        Assert.Equal(7, (await running.SpateAsync("consume", "many", "--follow", "--count", "7")).Succeeded().Lines.Count);
        var one = (await running.SpateAsync("consume", "many", "--partition", "2", "-t", "%{partition}\\n")).Succeeded().Lines;
        Assert.Equal(["2"], one.Distinct());
        (await running.SpateAsync("consume", "many", "--partition", "3")).Failed(Missing, "no partition 3, but 3");
    }

    [Fact]
    public async Task An_empty_topic_is_read_at_once()
    {
        (await running.SpateAsync("topics", "create", "empty")).Succeeded();
        Assert.Empty((await running.SpateAsync("consume", "empty")).Succeeded().Output);
    }

    [Fact]
    public async Task Only_what_matches_is_written()
    {
        (await running.SpateAsync("topics", "create", "mixed")).Succeeded();
        (await running.SpateWithInputAsync("red:apple\ngreen:pear\nred:cherry\n", "produce", "mixed", "-K", ":")).Succeeded();
        Assert.Equal(["apple", "cherry"], (await running.SpateAsync("consume", "mixed", "--grep", "^red$")).Succeeded().Lines);
        Assert.Equal(["pear"], (await running.SpateAsync("consume", "mixed", "--grep", "p(e|i)ar")).Succeeded().Lines);
        Assert.Equal(["cherry"], (await running.SpateAsync("consume", "mixed", "--grep", "rr", "--count", "1")).Succeeded().Lines);
        (await running.SpateAsync("consume", "mixed", "--grep", "(")).Failed(Usage, "--grep cannot be used");
    }

    [Fact]
    public async Task A_group_goes_on_behind_what_was_written_out()
    {
        (await running.SpateAsync("topics", "create", "shared", "--partitions", "1")).Succeeded();
        (await running.SpateAsync("produce", "shared", "--template", "%{n}", "--count", "5")).Succeeded();
        Assert.Equal(["1", "2"], (await running.SpateAsync("consume", "shared", "--group", "readers", "--count", "2")).Succeeded().Lines);
        Assert.Equal(["3", "4", "5"], (await running.SpateAsync("consume", "shared", "--group", "readers")).Succeeded().Lines);
        Assert.Empty((await running.SpateAsync("consume", "shared", "--group", "readers")).Succeeded().Lines);
        (await running.SpateAsync("consume", "shared", "--group", "readers", "--from", "3")).Failed(Usage, "beginning or end");
        (await running.SpateAsync("consume", "shared", "--group", "readers", "--partition", "0")).Failed(Usage, "--group and --partition");
    }

    [Fact]
    public async Task A_record_as_JSON_has_everything_and_values_that_are_no_JSON_stand_as_text()
    {
        (await running.SpateAsync("topics", "create", "as-json")).Succeeded();
        (await running.SpateWithInputAsync("{\"a\":1}\nno json\n", "produce", "as-json", "--key", "k", "--header", "h=ü", "--time", "1777629600000")).Succeeded();
        Assert.Equal(
            """
            {"topic":"as-json","partition":0,"offset":0,"time":"2026-05-01T10:00:00.000Z","key":"k","value":{"a":1},"headers":[{"key":"h","value":"ü"}]}
            {"topic":"as-json","partition":0,"offset":1,"time":"2026-05-01T10:00:00.000Z","key":"k","value":"no json","headers":[{"key":"h","value":"ü"}]}

            """,
            (await running.SpateAsync("consume", "as-json", "--output", "json", "--format", "json")).Succeeded().Output);
    }

    [Fact]
    public async Task What_would_steer_a_terminal_is_shown_as_a_dot()
    {
        (await running.SpateAsync("topics", "create", "steering")).Succeeded();
        (await running.SpateWithInputAsync("a\u001b[2Jb\n", "produce", "steering", "--time", "1777629600000")).Succeeded();
        Assert.Equal("steering-0 @0  2026-05-01 10:00:00.000  a\u00B7[2Jb\n", (await running.SpateAsync("consume", "steering", "--output", "table")).Succeeded().Output);
    }
}
