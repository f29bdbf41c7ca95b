using System.Text.RegularExpressions;
using Spate.Cli.Tests.Harness;
using Xunit.Abstractions;

namespace Spate.Cli.Tests.Docs;

/// <summary>The minute with a real client, as the README has it.</summary>
public sealed partial class ReadmeTests(RunningBroker running, ITestOutputHelper output) : IClassFixture<RunningBroker>
{
    private const string Client = "/usr/bin/kcat";
    private const string Server = "127.0.0.1:9092";

    [Fact]
    public async Task The_minute_with_a_real_client_works_as_it_stands()
    {
        if (!File.Exists(Client))
        {
            output.WriteLine("There is no kcat here, and the minute was not tried.");
            return;
        }

        var part = Minute().Match(await File.ReadAllTextAsync(Repository.PathOf("README.md"))).Groups["lines"].Value;
        var lines = part.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(lines.Length > 3, "The minute was not found.");
        for (var index = 0; index < lines.Length; index++)
        {
            if (!lines[index].StartsWith("$ ", StringComparison.Ordinal))
            {
                continue;
            }

            var line = lines[index][2..].Replace(Server, running.Broker.BootstrapServers, StringComparison.Ordinal);
            if (line.Contains("Ctrl-C", StringComparison.Ordinal))
            {
                var left = await RealProgram.DialogueAsync(line, "", ("assigned", "\u0003"));
                Assert.DoesNotContain("ERROR", left.Output, StringComparison.Ordinal);
                continue;
            }

            var outcome = (await RealProgram.ShellAsync(line, "")).Succeeded();
            if (index + 1 < lines.Length && !lines[index + 1].StartsWith("$ ", StringComparison.Ordinal))
            {
                Assert.Equal(lines[index + 1], outcome.Output.Trim());
            }
        }
    }

    [GeneratedRegex("## One minute with a real client\n.*?```console\n(?<lines>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Minute();
}
