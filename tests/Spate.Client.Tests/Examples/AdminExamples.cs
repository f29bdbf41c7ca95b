using Spate.Client.Administration;
using Spate.Client.Tests.Broker;

namespace Spate.Client.Tests.Examples;

/// <summary>What the guide shows of looking after a cluster, and of failures.</summary>
public sealed class AdminExamples(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>
{
    [Fact]
    public async Task Topics()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        var troubles = new List<string>();

        // <topics>
        var results = await client.Admin.Topics.CreateAsync(
        [
            new NewTopic("payments") { Partitions = 6, Configs = new Dictionary<string, string> { ["retention.ms"] = "86400000" } },
            new NewTopic("no such name!"),
        ]);

        foreach (var (topic, result) in results)
        {
            if (result.Error is { } error)
            {
                troubles.Add($"{topic}: {error.ErrorCode}");
            }
        }
        // </topics>

        Assert.Equal(["no such name!: InvalidTopic"], troubles);
    }

    [Fact]
    public async Task Failures()
    {
        await using var client = new KafkaClient(fixture.Broker.BootstrapServers);
        var told = new List<string>();

        // <errors>
        try
        {
            await client.ProduceAsync("payments", new string('x', 2_000_000));
        }
        catch (KafkaException failure) when (failure.IsRetriable)
        {
            told.Add($"Later, perhaps: {failure.Message}");
        }
        catch (KafkaException failure)
        {
            told.Add($"{failure.ErrorCode}: {failure.Message}");
        }
        // </errors>

        Assert.StartsWith("MessageTooLarge: ", Assert.Single(told), StringComparison.Ordinal);
    }
}
