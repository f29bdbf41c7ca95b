using Spate.Cli.Grammar;
using Spate.Cli.Tests.Grammar;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>Every example of every verb's help, run by a shell as it stands there.</summary>
public sealed class ExampleTests(BrokerOnDisk running) : IClassFixture<BrokerOnDisk>
{
    private static IEnumerable<(string Verb, string Example)> All =>
        CommandLineTests.Leaves(CommandLine.Create(CommandLineTests.Nowhere())).OfType<Verb>().SelectMany(static verb => verb.Examples, static (verb, example) => (Verb.PathOf(verb), example));

    public static TheoryData<string> Examples() => [.. All.Where(static each => each.Verb != "spate start").Select(static each => each.Example)];

    public static TheoryData<string> Starts() => [.. All.Where(static each => each.Verb == "spate start").Select(static each => each.Example)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_works(string example)
    {
        await PrepareAsync();
        (await RealProgram.ShellAsync(example, running.Broker.BootstrapServers, running.Home)).Succeeded();
    }

    /// <summary>A broker runs until it is told to stop. It gets another port, since whoever runs the test may use the one of the example.</summary>
    [Theory]
    [MemberData(nameof(Starts))]
    public async Task An_example_of_a_broker_starts_and_stops(string example)
    {
        await File.WriteAllTextAsync(Path.Combine(running.Home, "server.properties"), "log.dirs=other-data\nlisteners=PLAINTEXT://127.0.0.1:0\n");
        var ended = (await RealProgram.TerminalAsync($"cd {running.Home}; {example.Replace(":9092", ":0", StringComparison.Ordinal)}", "", input: "\u0003", typeAfter: "Started in")).Succeeded();
        Assert.Contains("Stopped", ended.Output, StringComparison.Ordinal);
    }

    /// <summary>What the examples speak of. Each of them finds it as if it were the first one.</summary>
    private async Task PrepareAsync()
    {
        foreach (var topic in new[] { "orders", "orders-copy", "orders-of-last-year" })
        {
            (await running.SpateAsync("topics", "create", topic, "--if-missing")).Succeeded();
        }

        if ((await running.SpateAsync("topics", "list")).Lines.Any(static line => line.StartsWith("payments\t", StringComparison.Ordinal)))
        {
            (await running.SpateAsync("topics", "delete", "payments")).Succeeded();
        }

        (await running.SpateAsync("produce", "orders", "--template", "order %{n}", "--key", "customer-%{n}", "--count", "10")).Succeeded();
        (await running.SpateAsync("consume", "orders", "--group", "billing", "--count", "5")).Succeeded();
        (await running.SpateAsync("transactions", "abort", "--id", "payments-1")).Succeeded();
    }
}
