using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>A program with Spate.Client in it, trimmed to what it uses, does what it does untrimmed.</summary>
public sealed class SampleTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private static readonly string Sample = Repository.PathOf("artifacts", "publish", "Spate.Samples.Orders", "trimmed", "Spate.Samples.Orders");

    [Fact]
    public async Task The_trimmed_sample_places_orders_and_reads_them_back()
    {
        Assert.True(
            File.Exists(Sample),
            $"There is no program to test at {Sample}. Publish it first: dotnet publish samples/Spate.Samples.Orders -c Release --use-current-runtime --output {Path.GetDirectoryName(Sample)}");

        var run = await Execution.RunAsync(Sample, [shared.Broker.Address, "sample-orders"], default, Bounds.Client);

        Assert.Equal(["Topic sample-orders is there.", "100 orders were placed.", "100 orders for 5050 pieces were read."], run.Succeeded().Text.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_trimmed_sample_says_in_a_line_what_is_wrong_with_an_address()
    {
        var run = await Execution.RunAsync(Sample, ["no such place", "t"], default, Bounds.Client);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("no such place", Assert.Single(run.ErrorLines), StringComparison.Ordinal);
    }
}
