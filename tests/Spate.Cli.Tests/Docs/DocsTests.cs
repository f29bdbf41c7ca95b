using System.Text.RegularExpressions;
using Spate.Cli.Grammar;
using Spate.Cli.Tests.Grammar;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Docs;

public sealed partial class DocsTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    [Fact]
    public void Every_verb_has_the_page_that_the_grammar_gives()
    {
        var folder = Repository.PathOf("docs", "reference", "cli");
        var pages = CommandLine.Create(CommandLineTests.Nowhere()).Subcommands.ToDictionary(static verb => $"{verb.Name}.md", VerbPage.Write, StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable("SPATE_WRITE_DOCS") == "1")
        {
            foreach (var (name, page) in pages)
            {
                File.WriteAllText(Path.Combine(folder, name), page);
            }
        }

        Assert.Equal(pages.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(pages, page => Assert.True(File.ReadAllText(Path.Combine(folder, page.Key)) == page.Value, $"{page.Key} is not what the grammar says; run this test with SPATE_WRITE_DOCS=1."));
    }

    [Fact]
    public async Task The_quick_start_works_as_it_stands()
    {
        var part = QuickStart().Match(await File.ReadAllTextAsync(Repository.PathOf("docs", "cli.md"))).Groups["lines"].Value;
        var lines = part.Split('\n').Where(static line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(static line => line[2..]).ToList();
        Assert.True(lines.Count > 5, "The quick start was not found.");
        foreach (var line in lines)
        {
            (await RealProgram.ShellAsync(line, running.Broker.BootstrapServers)).Succeeded();
        }
    }

    [GeneratedRegex("<!-- quick start -->\n```console\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex QuickStart();
}
