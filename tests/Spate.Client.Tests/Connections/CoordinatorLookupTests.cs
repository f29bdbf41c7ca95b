using Spate.Client.Connections;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Connections;

public sealed class CoordinatorLookupTests
{
    [Theory]
    [InlineData(6, 1)]
    [InlineData(3, 3)]
    [InlineData(0, 3)]
    public async Task Every_key_has_an_answer_of_its_own_whatever_the_broker_speaks(short highest, int requests)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, highest, (request, call) => call.Version >= 4
            ? new FindCoordinatorResponse { Coordinators = request.CoordinatorKeys.ConvertAll(key => new FindCoordinatorResponse.Coordinator { Key = key, NodeId = NodeOf(key), ErrorCode = ErrorOf(key) }) }
            : new FindCoordinatorResponse { NodeId = NodeOf(request.Key), ErrorCode = ErrorOf(request.Key) });
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = broker.Address });
        var lookup = new CoordinatorLookup(cluster);

        var found = await lookup.FindAsync(CoordinatorType.Group, ["a", "b", "none"], default).OrTimeout("the coordinators");

        Assert.Equal((1, 2), (found["a"].NodeId, found["b"].NodeId));
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, found["none"].Failure!.ErrorCode);
        Assert.True(found["none"].Failure!.IsRetriable);
        Assert.Contains("group 'none'", found["none"].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(requests, broker.Requests.Count(request => request.Api == ApiKey.FindCoordinator));
    }

    [Fact]
    public async Task A_single_key_without_a_coordinator_throws()
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 6, (request, _) => new FindCoordinatorResponse
        {
            Coordinators = [new() { Key = "mine", NodeId = 5, ErrorCode = request.KeyType == 1 ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed }],
        });
        await using var cluster = new Cluster(new KafkaClientOptions { BootstrapServers = broker.Address });
        var lookup = new CoordinatorLookup(cluster);

        Assert.Equal(5, await lookup.FindAsync(CoordinatorType.Transaction, "mine", default).OrTimeout("the coordinator"));
        var refused = await Assert.ThrowsAsync<KafkaException>(() => lookup.FindAsync(CoordinatorType.Group, "mine", default).OrTimeout("the refusal"));
        Assert.Equal((ErrorCode.GroupAuthorizationFailed, false), (refused.ErrorCode, refused.IsRetriable));
        var forgotten = await Assert.ThrowsAsync<KafkaException>(() => lookup.FindAsync(CoordinatorType.Group, "another", default).OrTimeout("the refusal"));
        Assert.Equal(ErrorCode.UnknownServerError, forgotten.ErrorCode);
    }

    private static int NodeOf(string key) => key switch { "a" => 1, "b" => 2, _ => -1 };

    private static ErrorCode ErrorOf(string key) => key == "none" ? ErrorCode.CoordinatorNotAvailable : ErrorCode.None;
}
