using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class ProduceVerbTests(RunningBroker running) : IClassFixture<RunningBroker>, IDisposable
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Missing = 4;

    private readonly string _directory = Directory.CreateTempSubdirectory("spate-cli-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Lines_of_a_pipe_become_values_and_it_is_told_where_they_went()
    {
        await CreateAsync("lines");
        Assert.Equal("lines\t0\t3\t0\t2", Assert.Single((await running.SpateWithInputAsync("one\r\ntwo\n\n", "produce", "lines")).Succeeded().Lines));
        Assert.Equal("one\ntwo\n\n", (await running.SpateAsync("consume", "lines")).Succeeded().Output);
    }

    [Fact]
    public async Task Keys_headers_and_a_time_are_given_to_all()
    {
        await CreateAsync("dressed");
        (await running.SpateWithInputAsync("v\n", "produce", "dressed", "--key", "k", "--header", "a=1", "--header", "b=2=3", "--time", "2026-05-01T10:00:00Z")).Succeeded();
        Assert.Equal(
            "0:0 k v 2026-05-01T10:00:00.000Z 1777629600000 a=1,b=2=3 2=3 null|",
            (await running.SpateAsync("consume", "dressed", "--template", "%{partition}:%{offset} %{key} %{value} %{time} %{timestamp} %{headers} %{header:b} %{header:c}|")).Succeeded().Output);
    }

    [Fact]
    public async Task Keys_stand_before_a_separator_and_a_word_stands_for_null()
    {
        await CreateAsync("keyed");
        (await running.SpateWithInputAsync("a::1:2\nb::NONE\nNONE::3\n", "produce", "keyed", "--key-separator", "::", "--null", "NONE")).Succeeded();
        Assert.Equal(["a=1:2", "b=-", "-=3"], (await running.SpateAsync("consume", "keyed", "--template", "%{key}=%{value}\\n", "--null", "-")).Succeeded().Lines);
    }

    [Fact]
    public async Task A_line_that_is_no_record_is_told_and_what_came_before_it_is_there()
    {
        await CreateAsync("half");
        (await running.SpateWithInputAsync("a:1\nb:2\nc\n", "produce", "half", "--key-separator", ":")).Failed(Failure, "Line 3 of standard input has no ':'", "The 2 records before it were delivered.");
        (await running.SpateWithInputAsync("{\"a\":1}\n{\"a\"\n", "produce", "half", "--format", "json")).Failed(Failure, "Line 2 of standard input", "its value is not JSON", "The 1 records");
        (await running.SpateWithInputAsync("0g\n", "produce", "half", "--format", "hex")).Failed(Failure, "its value is not hexadecimal");
        Assert.Equal(["1", "2", "{\"a\":1}"], (await running.SpateAsync("consume", "half")).Succeeded().Lines);
    }

    [Theory]
    [InlineData("hex", "00ff41", "00ff41")]
    [InlineData("base64", "AP9B", "AP9B")]
    [InlineData("text", "ähm", "ähm")]
    public async Task What_is_written_in_a_format_is_read_in_it(string format, string written, string read)
    {
        await CreateAsync($"format-{format}");
        (await running.SpateWithInputAsync($"{written}\n", "produce", $"format-{format}", "--format", format)).Succeeded();
        Assert.Equal([read], (await running.SpateAsync("consume", $"format-{format}", "--format", format)).Succeeded().Lines);
    }

    [Fact]
    public async Task Files_are_read_by_lines_or_as_a_whole()
    {
        await CreateAsync("files");
        var (one, two) = (Path.Combine(_directory, "one"), Path.Combine(_directory, "two"));
        await File.WriteAllTextAsync(one, "a\nb");
        await File.WriteAllTextAsync(two, "c\n");
        (await running.SpateAsync("produce", "files", "--file", one, "--file", two)).Succeeded();
        (await running.SpateAsync("produce", "files", "--file", one, "--whole")).Succeeded();
        Assert.Equal("[a][b][c][a\nb]", (await running.SpateAsync("consume", "files", "--template", "[%{value}]")).Succeeded().Output);
        (await running.SpateAsync("produce", "files", "--file", Path.Combine(_directory, "three"))).Failed(Failure, "three' cannot be read");
    }

    [Fact]
    public async Task A_template_makes_records_up()
    {
        await CreateAsync("made-up");
        (await running.SpateAsync("produce", "made-up", "--template", "{\"id\":%{n}}", "--key", "k-%{n}", "--count", "3")).Succeeded();
        Assert.Equal(["k-1 {\"id\":1}", "k-2 {\"id\":2}", "k-3 {\"id\":3}"], (await running.SpateAsync("consume", "made-up", "-t", "%{key} %{value}\\n")).Succeeded().Lines);
        (await running.SpateAsync("produce", "made-up", "--template", "%{number}")).Failed(Usage, "no field '%{number}'", "%{n}");
    }

    [Fact]
    public async Task What_one_topic_says_as_JSON_another_takes()
    {
        await CreateAsync("source");
        await CreateAsync("copy");
        (await running.SpateWithInputAsync("a:{\"x\": [1,2]}\nb:NONE\n", "produce", "source", "--key-separator", ":", "--null", "NONE", "--header", "h=1", "--time", "2026-05-01T10:00:00.123Z")).Succeeded();
        var written = (await running.SpateAsync("consume", "source", "--output", "json", "--format", "json")).Succeeded();
        (await running.SpateWithInputAsync(written.Output, "produce", "copy", "--records", "--format", "json")).Succeeded();
        var copied = (await running.SpateAsync("consume", "copy", "--output", "json", "--format", "json")).Succeeded();
        Assert.Equal(written.Output.Replace("\"source\"", "\"copy\"", StringComparison.Ordinal), copied.Output);
        (await running.SpateWithInputAsync("nonsense\n", "produce", "copy", "--records")).Failed(Failure, "Line 1 of standard input is not JSON", "Without --records");
        (await running.SpateWithInputAsync("[1]\n", "produce", "copy", "--records")).Failed(Failure, "no object");
    }

    [Fact]
    public async Task Options_that_say_two_things_at_once_are_refused()
    {
        (await running.SpateAsync("produce", "any", "--template", "x", "--file", "y")).Failed(Usage, "--template and --file do not go together");
        (await running.SpateAsync("produce", "any", "--key", "x", "--key-separator", ":")).Failed(Usage, "--key and --key-separator");
        (await running.SpateAsync("produce", "any", "--compression", "rar")).Failed(Usage, "'rar' is none of none, gzip, snappy, lz4, zstd");
    }

    [Fact]
    public async Task A_partition_that_is_not_there_is_told()
    {
        await CreateAsync("small");
        (await running.SpateWithInputAsync("a\n", "produce", "small", "--partition", "7")).Failed(Missing, "'small' has no partition 7, but 1");
    }

    [Fact]
    public async Task A_record_that_the_broker_refuses_is_told()
    {
        (await running.SpateAsync("topics", "create", "narrow", "--set", "max.message.bytes=100")).Succeeded();
        (await running.SpateWithInputAsync(new string('x', 500) + "\n", "produce", "narrow")).Failed(Failure, "0 of 1 records were delivered", "max.message.bytes");
    }

    private async Task CreateAsync(string topic) => (await running.SpateAsync("topics", "create", topic, "--partitions", "1")).Succeeded();
}
