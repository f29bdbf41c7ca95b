using Spate.Client.Administration;
using Spate.Client.Tests.Fakes;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Administration;

public sealed class LogDirAdminTests
{
    [Fact]
    public async Task Directories_are_described_with_what_lies_in_them()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        await fixture.ProduceAsync("t", 3);

        var described = await fixture.Admin.LogDirs.DescribeAsync([5, 9]).OrTimeout("the directories");

        var (path, directory) = Assert.Single(described[5].Value);
        Assert.NotEmpty(path);
        var replica = directory.Value.Replicas[new("t", 0)];
        Assert.True(replica.SizeBytes > 0 && !replica.IsFuture && replica.OffsetLag == 0, $"{replica}");
        Assert.Equal(ErrorCode.BrokerNotAvailable, described[9].Error!.ErrorCode);
    }

    [Fact]
    public async Task Moves_are_accepted_or_refused_for_each_log()
    {
        await using var fixture = await AdminFixture.StartAsync("node.id=5");
        await fixture.ProduceAsync("t", 3);
        var path = (await fixture.Admin.LogDirs.DescribeAsync([5]).OrTimeout("the directories"))[5].Value.Keys.Single();

        var moved = await fixture.Admin.LogDirs.MoveReplicasAsync(new Dictionary<PartitionReplica, string>
        {
            [new(new("t", 0), 5)] = path,
            [new(new("t", 1), 5)] = "/not/there",
        }).OrTimeout("the moves");

        moved[new(new("t", 0), 5)].ThrowIfFailed();
        Assert.Equal(ErrorCode.LogDirNotFound, moved[new(new("t", 1), 5)].Error!.ErrorCode);
    }

    [Fact]
    public async Task Each_broker_moves_its_own_and_one_that_is_away_fails_alone()
    {
        var fake = new FakeCluster();
        await using var one = fake.Add(1, new FakeBroker());
        await using var two = fake.Add(2, new FakeBroker());
        var asked = new List<string>();
        foreach (var (id, broker) in new[] { (1, one), (2, two) })
        {
            broker.On<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(ApiKey.AlterReplicaLogDirs, 0, 2, (request, _) =>
            {
                lock (asked)
                {
                    asked.AddRange(request.Dirs.SelectMany(dir => dir.Topics.Select(topic => $"{id}:{dir.Path}:{topic.Name}:{string.Join('+', topic.Partitions)}")));
                }

                return new AlterReplicaLogDirsResponse
                {
                    Results = [.. request.Dirs.SelectMany(dir => dir.Topics).Select(topic => new AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
                {
                    TopicName = topic.Name, Partitions = topic.Partitions.ConvertAll(index => new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult { PartitionIndex = index }),
                })]
                };
            });
        }

        await using var client = new KafkaClient(new KafkaClientOptions { BootstrapServers = one.Address, RetryBackoff = TimeSpan.FromMilliseconds(1) });
        var moved = await client.Admin.LogDirs.MoveReplicasAsync(new Dictionary<PartitionReplica, string>
        {
            [new(new("t", 0), 1)] = "/a",
            [new(new("t", 1), 1)] = "/a",
            [new(new("t", 0), 2)] = "/b",
            [new(new("t", 0), 3)] = "/a",
        }).OrTimeout("the moves");

        Assert.Equal(["1:/a:t:0+1", "2:/b:t:0"], asked.Order(StringComparer.Ordinal));
        Assert.Equal(ErrorCode.BrokerNotAvailable, moved[new(new("t", 0), 3)].Error!.ErrorCode);
        Assert.Equal(3, moved.Values.Count(result => result.IsSuccess));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task A_broker_that_refuses_to_tell_is_told_of_in_every_version(short version)
    {
        var fake = new FakeCluster();
        await using var broker = fake.Add(1, new FakeBroker());
        broker.On<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, 0, version, (_, _) => new DescribeLogDirsResponse { ErrorCode = ErrorCode.ClusterAuthorizationFailed });
        await using var client = new KafkaClient(broker.Address);

        var described = await client.Admin.LogDirs.DescribeAsync([1]).OrTimeout("the directories");

        Assert.Equal(ErrorCode.ClusterAuthorizationFailed, described[1].Error!.ErrorCode);
    }
}
