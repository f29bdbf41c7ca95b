using Spate.Client.Administration;

namespace Spate.Client.Tests.Broker;

/// <summary>An embedded broker that looks for transactions that are over several times a second, with transactions as they were before KIP-890.</summary>
public sealed class OlderTransactionFixture : TransactionFixture
{
    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var client = new KafkaClient(Broker.BootstrapServers);
        var lowered = await client.Admin.Cluster.UpdateFeaturesAsync(new Dictionary<string, FeatureUpdate> { ["transaction.version"] = new(1, FeatureUpdateKind.SafeDowngrade) });
        Assert.All(lowered, static result => Assert.Null(result.Value.Error));
    }
}
