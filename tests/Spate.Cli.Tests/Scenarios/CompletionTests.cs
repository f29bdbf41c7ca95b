using Spate.Cli.Tests.Harness;
using Spate.Client;
using Spate.Client.Administration;
using Spate.Protocol;
using Xunit.Abstractions;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>Lines that a shell completes: what the program suggests, and the scripts in the shells themselves.</summary>
public sealed class CompletionTests(RunningBroker running, ITestOutputHelper output) : IClassFixture<RunningBroker>
{
    private const string Zsh = "/usr/bin/zsh";

    private string Server => running.Broker.BootstrapServers;

    [Theory]
    [InlineData("spate topics cr", "create")]
    [InlineData("spate topics list --output ", "json plain table")]
    [InlineData("spate groups list --state e", "empty")]
    [InlineData("spate produce t --compression g", "gzip")]
    [InlineData("spate consume t --from ", "beginning end")]
    [InlineData("spate topics alter t --set retention.m", "retention.ms=")]
    [InlineData("spate topics alter t --reset retention.m", "retention.ms")]
    [InlineData("spate topics alter t --set retention.ms=1 --dr", "--dry-run")]
    [InlineData("spate configs alter --group g --set share.auto", "share.auto.offset.reset=")]
    [InlineData("spate configs alter --brokers --set log.cleaner.thr", "log.cleaner.threads=")]
    [InlineData("spate start --set log.dirs", "log.dirs=")]
    [InlineData("spate cluster log-dirs --broker ", "1")]
    public async Task A_word_is_completed_with_what_there_is(string line, string expected) => Assert.Equal(expected, string.Join(' ', await SuggestAsync(line)));

    [Fact]
    public async Task Names_that_the_cluster_has_are_suggested()
    {
        (await running.SpateAsync("topics", "create", "suggested-one")).Succeeded();
        (await running.SpateAsync("topics", "create", "suggested-two")).Succeeded();
        (await running.SpateAsync("groups", "reset-offsets", "suggested-group", "--to", "end", "--topic", "suggested-one", "--execute")).Succeeded();
        (await running.SpateAsync("transactions", "abort", "--id", "suggested-id")).Succeeded();
        Assert.Equal(["suggested-one", "suggested-two"], await SuggestAsync("spate topics describe sugg"));
        Assert.Equal(["suggested-two"], await SuggestAsync("spate consume suggested-one suggested-t"));
        Assert.Equal(["suggested-one", "suggested-two"], await SuggestAsync("spate configs describe --topic sugg"));
        Assert.Equal(["suggested-group"], await SuggestAsync("spate groups describe sugg"));
        Assert.Equal(["suggested-id"], await SuggestAsync("spate transactions describe sugg"));
        Assert.Empty(await SuggestAsync("spate topics create sugg"));
    }

    [Fact]
    public async Task Without_a_broker_nothing_is_suggested_and_nothing_said()
    {
        var outcome = await SpateInProcess.RunAsync(new Dictionary<string, string> { ["SPATE_COMPLETION_TIMEOUT"] = "0.1" }, "", "[suggest:29]", "spate topics delete -s host:1 t");
        Assert.Equal((0, ""), (outcome.ExitCode, outcome.Errors));
    }

    [Fact]
    public async Task Files_are_suggested_where_files_are_taken()
    {
        var directory = Directory.CreateTempSubdirectory("spate-cli-");
        try
        {
            directory.CreateSubdirectory("data-0");
            await File.WriteAllTextAsync(Path.Combine(directory.FullName, "dates.txt"), "");
            Assert.Equal([$"{directory.FullName}/data-0/", $"{directory.FullName}/dates.txt"], await SuggestAsync($"spate log dump {directory.FullName}/da"));
            Assert.Equal([$"{directory.FullName}/dates.txt"], await SuggestAsync($"spate produce t --file {directory.FullName}/dat", "dates"));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Names_with_letters_that_mean_something_to_the_shell_are_quoted_and_not_run()
    {
        const string Name = "evil $(touch evil) group";
        (await running.SpateAsync("topics", "create", "quoted")).Succeeded();
        await using (var client = new KafkaClient(Server))
        {
            (await client.Admin.Groups.AlterOffsetsAsync(Name, new Dictionary<TopicPartition, GroupOffset> { [new("quoted", 0)] = new(0) })).ThrowIfAnyFailed();
        }

        var directory = Directory.CreateTempSubdirectory("spate-cli-");
        try
        {
            const string Complete = "eval \"$(spate completion bash)\"; COMP_LINE='spate groups describe evil'; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(spate groups describe evil); COMP_CWORD=3; _spate; printf '%s' \"${COMPREPLY[@]}\"";
            Assert.Equal(@"evil\ \$\(touch\ evil\)\ group", (await RealProgram.ShellAsync(Complete, Server, directory.FullName)).Succeeded().Output);
            Assert.Empty(directory.GetFiles());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("bash", "--rcfile rc -i", "eval \"$(spate completion bash)\"")]
    [InlineData("zsh", "-i", "autoload -Uz compinit; compinit -u -D\nsource <(spate completion zsh)")]
    public async Task A_shell_completes_what_a_person_types(string shell, string options, string source)
    {
        if (shell == "zsh" && !File.Exists(Zsh))
        {
            output.WriteLine("There is no zsh here, and its script was not tried.");
            return;
        }

        (await running.SpateAsync("topics", "create", $"typed-in-{shell}")).Succeeded();
        var directory = Directory.CreateTempSubdirectory("spate-cli-");
        try
        {
            foreach (var name in new[] { "rc", ".zshrc" })
            {
                await File.WriteAllTextAsync(Path.Combine(directory.FullName, name), $"{source}\nPS1='ready> '\n");
            }

            var ended = await RealProgram.TerminalAsync(
                $"cd {directory.FullName}; ZDOTDIR={directory.FullName} {shell} {options}", Server, input: $"spate topics desc\ttyped-in-{shell[0]}\t\nspate topics alter typed-in-{shell[0]}\t --set retention.m\t7000 --dry\t; exit 7\n", typeAfter: "ready> ");
            Assert.True(ended.ExitCode == 7, ended.ToString());
            Assert.Contains($"typed-in-{shell}", ended.Output, StringComparison.Ordinal);
            Assert.Contains("Replication factor", ended.Output, StringComparison.Ordinal);
            Assert.Contains("the cluster would take it; nothing was changed", ended.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("no option", ended.Output, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    /// <summary>What the program suggests at the end of a line: options only where the word begins with a dash, as the scripts have it.</summary>
    private async Task<IReadOnlyList<string>> SuggestAsync(string line, string? only = null)
    {
        var word = line[(line.LastIndexOf(' ') + 1)..];
        var lines = (await running.SpateAsync($"[suggest:{line.Length}]", line)).Succeeded().Lines;
        return [.. lines.Where(found => found.StartsWith(word, StringComparison.Ordinal) && (word.StartsWith('-') || !found.StartsWith('-')) && found.Contains(only ?? "", StringComparison.Ordinal))];
    }
}
