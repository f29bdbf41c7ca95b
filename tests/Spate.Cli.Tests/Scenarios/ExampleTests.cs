using Spate.Cli.Grammar;
using Spate.Cli.Tests.Grammar;
using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

/// <summary>Every example of every verb's help, run by a shell as it stands there.</summary>
public sealed class ExampleTests(BrokerOnDisk running) : IClassFixture<BrokerOnDisk>
{
    public static TheoryData<string> Examples() => [.. CommandLineTests.Leaves(CommandLine.Create(CommandLineTests.Nowhere())).OfType<Verb>().SelectMany(static verb => verb.Examples)];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task An_example_works(string example)
    {
        await PrepareAsync();
        (await RealProgram.ShellAsync(example, running.Broker.BootstrapServers, running.Home)).Succeeded();
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
