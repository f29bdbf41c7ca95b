using System.Text.RegularExpressions;
using Spate.Cli.Grammar;
using Spate.Cli.Tests.Grammar;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Docs;

/// <summary>The tables that tell what to type in the place of other tools' commands.</summary>
public sealed partial class ComingFromTests(BrokerOnDisk running) : IClassFixture<BrokerOnDisk>
{
    /// <summary>What one broker with a topic, a group and a transactional id cannot do; the grammar has it all the same.</summary>
    private static readonly string[] NotHere = ["--replicas 3", "k=v", "--start-offset", "log dump f"];

    public static TheoryData<string> Commands() => [.. Cells().SelectMany(static cell => cell).Where(static span => span.StartsWith("spate ", StringComparison.Ordinal)).Distinct()];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task What_is_to_be_typed_works(string command)
    {
        if (NotHere.Any(part => command.Contains(part, StringComparison.Ordinal)))
        {
            Assert.Empty(CommandLine.Create(CommandLineTests.Nowhere()).Parse(command["spate ".Length..]).Errors);
            return;
        }

        await PrepareAsync();
        command = command.Replace("--records 1000000", "--records 100", StringComparison.Ordinal);
        var ending = command.Contains("--follow", StringComparison.Ordinal) ? $"{(command.Contains("--from end", StringComparison.Ordinal) ? command.Replace("--from end", "", StringComparison.Ordinal) : command)} --count 1" : command;
        (await RealProgram.ShellAsync(command.StartsWith("spate produce", StringComparison.Ordinal) ? $"printf 'k: v\\n' | {ending}" : ending, running.Broker.BootstrapServers, running.Home)).Succeeded();
    }

    [Fact]
    public void What_stands_there_for_short_is_there()
    {
        var root = CommandLine.Create(CommandLineTests.Nowhere());
        foreach (var cell in Cells())
        {
            var group = "";
            foreach (var span in cell)
            {
                if (span.StartsWith("spate ", StringComparison.Ordinal))
                {
                    group = span.Split(' ')[1];
                }
                else if (span.StartsWith("--", StringComparison.Ordinal))
                {
                    Assert.Contains(root.Subcommands.SelectMany(static verb => verb.Options), option => option.Name == span.Split(' ')[0]);
                }
                else
                {
                    Assert.Contains(root.Subcommands.Single(verb => verb.Name == group).Subcommands, verb => verb.Name == span.Split(' ')[0]);
                }
            }
        }
    }

    private async Task PrepareAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(running.Home, "file"), "k: v\n");
        var there = (await running.SpateAsync("topics", "list")).Succeeded().Lines;
        if (there.Any(static line => line.StartsWith("t\t", StringComparison.Ordinal)))
        {
            (await running.SpateAsync("topics", "delete", "t")).Succeeded();
        }

        (await running.SpateAsync("topics", "create", "t", "--partitions", "4")).Succeeded();
        (await running.SpateAsync("produce", "t", "--template", "v %{n}", "--key", "k%{n}", "--count", "20")).Succeeded();
        (await running.SpateAsync("groups", "reset-offsets", "g", "--to", "beginning", "--topic", "t", "--execute")).Succeeded();
        (await running.SpateAsync("transactions", "abort", "--id", "x")).Succeeded();
    }

    /// <summary>What stands in code in the second column of each row.</summary>
    private static IEnumerable<List<string>> Cells() => File.ReadLines(Repository.PathOf("docs", "cli.md"))
        .SkipWhile(static line => !line.StartsWith("## Coming from", StringComparison.Ordinal))
        .Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
        .Select(static line => Code().Matches(line.Split(" | ")[1]).Select(static match => match.Groups["code"].Value).ToList());

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
