using System.Net;
using System.Net.Sockets;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>The real program, in a pseudo-terminal and in pipes.</summary>
public sealed class TerminalTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Interrupted = 130;
    private const int Usage = 2;
    private const string ClearLine = "\r\u001b[K";
    private const string Faint = "\u001b[2m";

    private string Server => running.Broker.BootstrapServers;

    [Fact]
    public async Task A_terminal_is_shown_a_table_and_a_pipe_is_given_lines()
    {
        (await running.SpateAsync("topics", "create", "shown", "--partitions", "2")).Succeeded();
        var terminal = (await RealProgram.TerminalAsync("spate topics list", Server)).Succeeded();
        Assert.Contains("Partitions", terminal.Output, StringComparison.Ordinal);
        Assert.Contains(Faint, terminal.Output, StringComparison.Ordinal);
        var pipe = (await RealProgram.ShellAsync("spate topics list | cat", Server)).Succeeded();
        Assert.Contains("shown\t2\t1\tfalse", pipe.Lines);
    }

    [Fact]
    public async Task A_terminal_without_colours_is_shown_none()
    {
        var terminal = (await RealProgram.TerminalAsync("NO_COLOR=1 spate topics list", Server)).Succeeded();
        Assert.Contains("Partitions", terminal.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Faint, terminal.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_reading_that_goes_on_for_ever_and_a_group_is_left_behind_what_was_shown()
    {
        (await running.SpateAsync("topics", "create", "followed", "--partitions", "1")).Succeeded();
        (await running.SpateWithInputAsync("first\n", "produce", "followed")).Succeeded();
        var ended = await RealProgram.TerminalAsync("spate consume followed --follow --group watchers", Server, input: "\u0003", typeAfter: "first");
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);
        (await running.SpateWithInputAsync("second\n", "produce", "followed")).Succeeded();
        Assert.Equal(["second"], (await running.SpateAsync("consume", "followed", "--group", "watchers")).Succeeded().Lines);
    }

    [Fact]
    public async Task Work_that_takes_long_shows_how_far_it_is_and_Ctrl_C_ends_it_with_what_was_done()
    {
        (await running.SpateAsync("topics", "create", "endless", "--partitions", "1")).Succeeded();
        var written = await RealProgram.TerminalAsync("spate produce endless --template '%{n}' --count 1000000000", Server, input: "\u0003", typeAfter: "% ");
        Assert.True(written.ExitCode == Interrupted, written.ToString());
        Assert.Matches(@"\[\.{20}\]   0 %  [0-9,]+ of 1,000,000,000 records delivered", written.Output);
        Assert.Contains("Last offset", written.Output, StringComparison.Ordinal);
        var read = await RealProgram.TerminalAsync("spate consume endless --follow > /dev/null", Server, input: "\u0003", typeAfter: "records read");
        Assert.True(read.ExitCode == Interrupted, read.ToString());
        Assert.EndsWith(ClearLine, read.Output.TrimEnd('\r', '\n'), StringComparison.Ordinal);
        var searched = await RealProgram.TerminalAsync("spate consume endless --follow --grep none-matches", Server, input: "\u0003", typeAfter: "0 records match");
        Assert.True(searched.ExitCode == Interrupted, searched.ToString());
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_a_broker_that_does_not_answer()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var ended = await RealProgram.TerminalAsync("spate topics list --timeout 5m", $"127.0.0.1:{((IPEndPoint)silent.LocalEndPoint!).Port}", input: "\u0003", typeAfter: "waiting for an answer");
        Assert.True(ended.ExitCode == Interrupted, ended.ToString());
        Assert.DoesNotContain("Exception", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Typed_lines_are_records_and_Ctrl_D_ends_them()
    {
        (await running.SpateAsync("topics", "create", "typed")).Succeeded();
        (await RealProgram.TerminalAsync("spate produce typed", Server, input: "one\ntwo\n\u0004", typeAfter: "Ctrl-D ends")).Succeeded();
        Assert.Equal(["one", "two"], (await running.SpateAsync("consume", "typed")).Succeeded().Lines);
    }

    [Fact]
    public async Task Reading_ends_in_peace_when_nobody_reads_on()
    {
        (await running.SpateAsync("topics", "create", "long")).Succeeded();
        (await running.SpateAsync("produce", "long", "--template", "%{n}", "--count", "20000")).Succeeded();
        var piped = (await RealProgram.ShellAsync("{ spate consume long --follow; echo \"status $?\" >&2; } | head -n 2", Server)).Succeeded();
        Assert.Equal(["1", "2"], piped.Lines);
        Assert.Equal("status 0", piped.Errors.Trim());
    }

    [Fact]
    public async Task What_others_write_to_the_same_file_stays()
    {
        (await running.SpateAsync("topics", "create", "filed")).Succeeded();
        (await running.SpateWithInputAsync("middle\n", "produce", "filed")).Succeeded();
        var path = Path.GetTempFileName();
        try
        {
            (await RealProgram.ShellAsync($"{{ echo before; spate consume filed; echo after; }} > {path}", Server)).Succeeded();
            Assert.Equal(["before", "middle", "after"], await File.ReadAllLinesAsync(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_wrong_verb_is_one_sentence_and_no_trace()
    {
        var ended = await RealProgram.ShellAsync("spate topcis", Server);
        ended.Failed(Usage, "the nearest is 'topics'");
        Assert.Empty(ended.Output);
    }

    [Fact]
    public async Task The_help_of_a_verb_shows_its_examples()
    {
        var help = (await RealProgram.ShellAsync("spate topics create --help", Server)).Succeeded();
        Assert.Contains("Examples:\n  spate topics create payments --partitions 6", help.Output, StringComparison.Ordinal);
    }
}
