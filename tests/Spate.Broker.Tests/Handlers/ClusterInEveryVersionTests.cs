using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>What is asked about the cluster, its features and its brokers is answered in every version that is advertised.</summary>
public sealed class ClusterInEveryVersionTests
{
    private const short Latest = 29;

    public static TheoryData<short> ApiVersionsVersions => Versions.From(ApiVersionsRequest.LowestVersion, ApiVersionsRequest.HighestVersion);

    public static TheoryData<short> DescribeClusterVersions => Versions.From(DescribeClusterRequest.LowestVersion, DescribeClusterRequest.HighestVersion);

    public static TheoryData<short> UpdateFeaturesVersions => Versions.From(UpdateFeaturesRequest.LowestVersion, UpdateFeaturesRequest.HighestVersion);

    public static TheoryData<short> InitProducerIdVersions => Versions.From(InitProducerIdRequest.LowestVersion, InitProducerIdRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(ApiVersionsVersions))]
    public async Task ApiVersions_tells_levels_of_features_where_it_can(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Names("a-client", "1.0"), version);

        if (version < 3)
        {
            Assert.Empty(reply.SupportedFeatures);
            Assert.Empty(reply.FinalizedFeatures);
            return;
        }

        Assert.Contains(("metadata.version", (short)7, Latest), reply.SupportedFeatures.Select(each => (each.Name, each.MinVersion, each.MaxVersion)));
        Assert.Equal(version > 3, reply.SupportedFeatures.Any(each => each is { Name: "group.version", MinVersion: 0, MaxVersion: 1 }));
        Assert.Contains(("metadata.version", Latest, Latest), reply.FinalizedFeatures.Select(each => (each.Name, each.MinVersionLevel, each.MaxVersionLevel)));
        Assert.Contains(("group.version", (short)1, (short)1), reply.FinalizedFeatures.Select(each => (each.Name, each.MinVersionLevel, each.MaxVersionLevel)));
        Assert.True(reply.FinalizedFeaturesEpoch >= 0);
        Assert.False(reply.ZkMigrationReady);
    }

    [Theory]
    [InlineData("", "1.0")]
    [InlineData("a", "")]
    [InlineData("-a", "1.0")]
    [InlineData("a.", "1.0")]
    [InlineData("a b", "1.0")]
    [InlineData("a", "1_0")]
    [InlineData("ä", "1.0")]
    [InlineData("a", "1.0\n")]
    public async Task ApiVersions_of_a_client_without_a_name_is_refused_from_version_3_on(string name, string version)
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(Names(name, version), 3)).ErrorCode);
        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(Names(name, version), 4)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Names(name, version), 2)).ErrorCode);
    }

    [Theory]
    [InlineData("a", "1")]
    [InlineData("apache-kafka-java", "4.2.0-SNAPSHOT")]
    [InlineData("1a.b-c", "v1.0.0")]
    public async Task ApiVersions_of_a_client_with_a_name_is_answered(string name, string version)
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Names(name, version), 4)).ErrorCode);
    }

    [Theory]
    [MemberData(nameof(DescribeClusterVersions))]
    public async Task DescribeCluster_names_the_broker(short version)
    {
        await using var broker = await TestBroker.StartAsync("node.id=7");

        var reply = await broker.AskAsync(new DescribeClusterRequest { IncludeFencedBrokers = version >= 2 }, version);

        Assert.Equal((ErrorCode.None, null, 7, int.MinValue), (reply.ErrorCode, reply.ErrorMessage, reply.ControllerId, reply.ClusterAuthorizedOperations));
        Assert.Equal(22, reply.ClusterId.Length);
        Assert.Equal(1, reply.EndpointType);
        var node = Assert.Single(reply.Brokers);
        Assert.Equal((7, "127.0.0.1", broker.EndPoint.Port, null, false), (node.BrokerId, node.Host, node.Port, node.Rack, node.IsFenced));
    }

    [Theory]
    [MemberData(nameof(DescribeClusterVersions))]
    public async Task DescribeCluster_tells_operations_when_it_is_asked_to(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new DescribeClusterRequest { IncludeClusterAuthorizedOperations = true }, version);

        Assert.Equal(8096, reply.ClusterAuthorizedOperations);
    }

    [Theory]
    [InlineData(1, 2, ErrorCode.MismatchedEndpointType)]
    [InlineData(2, 2, ErrorCode.MismatchedEndpointType)]
    [InlineData(1, 0, ErrorCode.UnsupportedEndpointType)]
    [InlineData(2, 3, ErrorCode.UnsupportedEndpointType)]
    [InlineData(2, -1, ErrorCode.UnsupportedEndpointType)]
    public async Task DescribeCluster_of_other_than_brokers_is_refused(short version, sbyte endpoints, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new DescribeClusterRequest { EndpointType = endpoints }, version);

        Assert.Equal((error, 0), (reply.ErrorCode, reply.Brokers.Count));
        Assert.False(string.IsNullOrEmpty(reply.ErrorMessage));
    }

    [Theory]
    [MemberData(nameof(UpdateFeaturesVersions))]
    public async Task UpdateFeatures_lowers_and_raises_a_level_and_ApiVersions_tells_it(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var before = await broker.AskAsync(Names("a", "1"), 4);

        var reply = await broker.AskAsync(Update("metadata.version", 25, version, downgrade: true), version);

        Assert.Equal((ErrorCode.None, null), (reply.ErrorCode, reply.ErrorMessage));
        Assert.Equal(version < 2 ? [("metadata.version", ErrorCode.None)] : [], reply.Results.Select(each => (each.Feature, each.ErrorCode)));
        var after = await broker.AskAsync(Names("a", "1"), 4);
        Assert.Equal(25, after.FinalizedFeatures.Single(each => each.Name == "metadata.version").MaxVersionLevel);
        Assert.True(after.FinalizedFeaturesEpoch > before.FinalizedFeaturesEpoch);

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(Update("metadata.version", Latest, version, downgrade: false), version)).ErrorCode);
        Assert.Equal(Latest, (await broker.AskAsync(Names("a", "1"), 4)).FinalizedFeatures.Single(each => each.Name == "metadata.version").MaxVersionLevel);
    }

    [Theory]
    [MemberData(nameof(UpdateFeaturesVersions))]
    public async Task UpdateFeatures_that_cannot_be_is_refused_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Update("moon.phase", 1, version, downgrade: false), version);

        var (error, message) = version < 2 ? (reply.Results[0].ErrorCode, reply.Results[0].ErrorMessage) : (reply.ErrorCode, reply.ErrorMessage);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, error);
        Assert.Contains("moon.phase", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnregisterBroker_of_a_stranger_and_of_the_broker_itself_is_refused()
    {
        await using var broker = await TestBroker.StartAsync("node.id=7");

        var stranger = await broker.AskAsync(new UnregisterBrokerRequest { BrokerId = 8 }, 0);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, stranger.ErrorCode);
        Assert.Contains("8", stranger.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, (await broker.AskAsync(new UnregisterBrokerRequest { BrokerId = -1 }, 0)).ErrorCode);

        var self = await broker.AskAsync(new UnregisterBrokerRequest { BrokerId = 7 }, 0);
        Assert.Equal(ErrorCode.InvalidRequest, self.ErrorCode);
        Assert.Contains("running", self.ErrorMessage, StringComparison.Ordinal);
        Assert.Single((await broker.AskAsync(new DescribeClusterRequest(), 2)).Brokers);
    }

    [Theory]
    [MemberData(nameof(InitProducerIdVersions))]
    public async Task InitProducerId_gives_each_producer_an_id_of_its_own(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var first = await broker.AskAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 }, version);
        var second = await broker.AskAsync(new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = -1 }, version);

        Assert.Equal((ErrorCode.None, 0L, (short)0), (first.ErrorCode, first.ProducerId, first.ProducerEpoch));
        Assert.Equal((ErrorCode.None, 1L, (short)0), (second.ErrorCode, second.ProducerId, second.ProducerEpoch));
    }

    [Theory]
    [MemberData(nameof(InitProducerIdVersions))]
    public async Task InitProducerId_with_a_transactional_id_is_refused_for_good_as_whoever_asks_for_its_coordinator_is(short version)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new InitProducerIdRequest { TransactionalId = "t", TransactionTimeoutMs = 60_000 }, version);

        Assert.Equal((ErrorCode.TransactionalIdAuthorizationFailed, -1L, (short)-1), (reply.ErrorCode, reply.ProducerId, reply.ProducerEpoch));
        Assert.Equal(reply.ErrorCode, (await broker.AskAsync(new FindCoordinatorRequest { Key = "t", KeyType = 1 }, 3)).ErrorCode);
        Assert.False(ErrorCatalog.IsRetriable(reply.ErrorCode));
        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(new InitProducerIdRequest { TransactionalId = "", TransactionTimeoutMs = 60_000 }, version)).ErrorCode);
    }

    [Theory]
    [InlineData(5, -1, ErrorCode.InvalidRequest)]
    [InlineData(-1, 0, ErrorCode.InvalidRequest)]
    [InlineData(5, 0, ErrorCode.None)]
    [InlineData(5, short.MaxValue, ErrorCode.None)]
    public async Task InitProducerId_of_a_producer_that_had_an_id_gives_another_one(long id, short epoch, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var request = new InitProducerIdRequest { TransactionalId = null, ProducerId = id, ProducerEpoch = epoch };

        foreach (var version in (short[])[3, 4, 5])
        {
            var reply = await broker.AskAsync(request, version);
            Assert.Equal((error, error == ErrorCode.None ? (short)0 : (short)-1), (reply.ErrorCode, reply.ProducerEpoch));
            Assert.Equal(error == ErrorCode.None, reply.ProducerId >= 0);
            Assert.True(reply.ProducerId != id || id < 0);
        }
    }

    private static ApiVersionsRequest Names(string name, string version) => new() { ClientSoftwareName = name, ClientSoftwareVersion = version };

    private static UpdateFeaturesRequest Update(string feature, short level, short version, bool downgrade)
    {
        var update = new UpdateFeaturesRequest.FeatureUpdateKey { Feature = feature, MaxVersionLevel = level };
        if (version == 0)
        {
            update.AllowDowngrade = downgrade;
        }
        else if (downgrade)
        {
            update.UpgradeType = 2;
        }

        return new UpdateFeaturesRequest { FeatureUpdates = [update] };
    }
}
