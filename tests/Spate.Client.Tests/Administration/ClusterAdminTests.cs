using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class ClusterAdminTests
{
    [Fact]
    public async Task The_cluster_describes_itself()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5", "broker.rack=r1");
        var cluster = await fixture.Admin.Cluster.DescribeAsync(includeFenced: true).OrTimeout("the description");
        Assert.Equal((5, new ServerAddress("127.0.0.1", fixture.Broker.Port), "r1", false), (Assert.Single(cluster.Brokers).Id, cluster.Brokers[0].Address, cluster.Brokers[0].Rack, cluster.Brokers[0].IsFenced));
        Assert.Equal(5, cluster.ControllerId);
        Assert.NotNull(cluster.ClusterId);
    }

    [Fact]
    public async Task A_broker_before_Kafka_2_8_describes_the_cluster_by_its_metadata()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(3, new FakeBroker(), highest: 7);
        await using var client = new KafkaClient(broker.Address);

        var cluster = await client.Admin.Cluster.DescribeAsync().OrTimeout("the description");

        Assert.Equal(("fake", 3, 3), (cluster.ClusterId, cluster.ControllerId!.Value, Assert.Single(cluster.Brokers).Id));
        var refused = await Assert.ThrowsAsync<KafkaException>(() => client.Admin.Cluster.DescribeAsync(includeFenced: true).OrTimeout("the refusal"));
        Assert.Contains("does not offer DescribeCluster", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Features_are_told_and_changed_and_refused()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        var features = await fixture.Admin.Cluster.DescribeFeaturesAsync().OrTimeout("the features");
        var (level, supported) = (features.Finalized["metadata.version"], features.Supported["metadata.version"]);
        Assert.InRange(level.Highest, supported.Lowest, supported.Highest);
        Assert.Equal(features.Finalized, (await fixture.Admin.Cluster.DescribeFeaturesAsync(5).OrTimeout("the features")).Finalized);

        var same = await fixture.Admin.Cluster.UpdateFeaturesAsync(new Dictionary<string, FeatureUpdate> { ["metadata.version"] = new(level.Highest) }, validateOnly: true).OrTimeout("the trial");
        same["metadata.version"].ThrowIfFailed();
        var wrong = await fixture.Admin.Cluster.UpdateFeaturesAsync(new Dictionary<string, FeatureUpdate> { ["metadata.version"] = new(short.MaxValue), ["nonsense"] = new(1) }).OrTimeout("the refusal");
        Assert.All(wrong.Values, result => Assert.False(result.IsSuccess));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Features_are_lowered_in_the_words_of_each_version(short version)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        UpdateFeaturesRequest? asked = null;
        broker.On<UpdateFeaturesRequest, UpdateFeaturesResponse>(ApiKey.UpdateFeatures, 0, version, (request, _) =>
        {
            asked = request;
            return new UpdateFeaturesResponse { Results = [new() { Feature = "a" }, new() { Feature = "b", ErrorCode = ErrorCode.FeatureUpdateFailed }] };
        });
        await using var client = new KafkaClient(broker.Address);

        var updated = await client.Admin.Cluster.UpdateFeaturesAsync(new Dictionary<string, FeatureUpdate> { ["a"] = new(1, FeatureUpdateKind.UnsafeDowngrade), ["b"] = new(2) }).OrTimeout("the update");

        Assert.Equal((version == 0, (sbyte)(version == 0 ? 1 : 3)), (asked!.FeatureUpdates[0].AllowDowngrade, asked.FeatureUpdates[0].UpgradeType));
        Assert.Equal((false, (sbyte)1), (asked.FeatureUpdates[1].AllowDowngrade, asked.FeatureUpdates[1].UpgradeType));
        updated["a"].ThrowIfFailed();
        Assert.Equal(ErrorCode.FeatureUpdateFailed, updated["b"].Error!.ErrorCode);
    }

    [Fact]
    public async Task A_broker_that_runs_or_is_not_known_is_not_unregistered()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        var unknown = await Assert.ThrowsAsync<KafkaException>(() => fixture.Admin.Cluster.UnregisterBrokerAsync(9).OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, unknown.ErrorCode);
        Assert.Contains("broker 9", unknown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KafkaException>(() => fixture.Admin.Cluster.UnregisterBrokerAsync(5).OrTimeout("the refusal"));
    }
}
