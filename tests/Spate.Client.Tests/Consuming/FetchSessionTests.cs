using Spate.Client.Consuming;
using Spate.Protocol.Messages;

namespace Spate.Client.Tests.Consuming;

/// <summary>Fetches that say only what has changed (KIP-227).</summary>
public sealed class FetchSessionTests
{
    [Theory]
    [InlineData(18)]
    [InlineData(12)]
    [InlineData(7)]
    public async Task After_the_first_fetch_only_what_has_changed_is_named(short version)
    {
        await using var fixture = new ReplicaFixture(highest: version);
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        await fixture.AssignBothAsync();
        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        var reading = fixture.NextAsync(2);
        fixture.Replicas.Append(ReplicaFixture.One, 5, "b");
        await Until(() => fixture.Consumer.Position(ReplicaFixture.One) == 1);
        fixture.Replicas.Append(ReplicaFixture.One, 5, "c");
        Assert.Equal(["1:b", "1:c"], await reading);

        var fetches = fixture.Replicas.FetchesSoFar().ConvertAll(fetch => fetch.Request);
        Assert.Equal((0, 0, "t-0@0 t-1@0"), (fetches[0].SessionId, fetches[0].SessionEpoch, Named(fetches[0])));
        Assert.All(fetches.Skip(1), (fetch, index) => Assert.Equal((1, index + 1), (fetch.SessionId, fetch.SessionEpoch)));
        var named = fetches.Skip(1).Select(Named).Where(names => names.Length > 0).ToList();
        Assert.Equal("t-0@1", named[0]);
        Assert.Equal("t-1@1", named[1]);
    }

    [Fact]
    public async Task A_partition_that_is_not_wanted_any_more_is_forgotten_and_named_again_when_it_is()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.One, 5, "a");
        Assert.Equal(["1:a"], await fixture.NextAsync(1));

        fixture.Consumer.Pause(ReplicaFixture.Zero);
        var forgotten = await FetchWhere(fixture, fetch => fetch.ForgottenTopicsData.Count > 0);
        Assert.Equal([0], Assert.Single(forgotten.ForgottenTopicsData).Partitions);
        Assert.Equal(fixture.Cluster.IdOf("t"), forgotten.ForgottenTopicsData[0].TopicId);

        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "b");
        fixture.Consumer.Resume(ReplicaFixture.Zero);
        Assert.Equal(["0:b"], await fixture.NextAsync(1));
    }

    [Fact]
    public async Task A_session_that_the_broker_has_forgotten_is_begun_anew_and_nobody_hears_of_it()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        Assert.Equal(["0:a"], await fixture.NextAsync(1));

        fixture.Replicas.ForgetSessions();
        fixture.Replicas.Append(ReplicaFixture.One, 5, "b");

        Assert.Equal(["1:b"], await fixture.NextAsync(1));
        var anew = await FetchWhere(fixture, static fetch => fetch.SessionEpoch == 0, skip: 1);
        Assert.Equal((0, "t-0@1 t-1@0"), (anew.SessionId, Named(anew)));
    }

    [Fact]
    public async Task A_session_that_is_out_of_step_is_ended_by_the_one_that_takes_its_place()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        Assert.Equal(["0:a"], await fixture.NextAsync(1));

        fixture.Replicas.SkipEpochs();
        fixture.Replicas.Append(ReplicaFixture.One, 5, "b");

        Assert.Equal(["1:b"], await fixture.NextAsync(1));
        var anew = await FetchWhere(fixture, static fetch => fetch.SessionEpoch == 0, skip: 1);
        Assert.Equal((1, "t-0@1 t-1@0"), (anew.SessionId, Named(anew)));
        Assert.Equal(1, fixture.Replicas.SessionCount);
    }

    [Fact]
    public async Task After_a_connection_that_broke_everything_is_said_anew()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        Assert.Equal(["0:a"], await fixture.NextAsync(1));

        fixture.First.CutAll();
        fixture.Replicas.Append(ReplicaFixture.One, 5, "b");

        Assert.Equal(["1:b"], await fixture.NextAsync(1));
        var anew = await FetchWhere(fixture, static fetch => fetch.SessionEpoch == 0, skip: 1);
        Assert.Equal(1, anew.SessionId);
    }

    [Fact]
    public async Task A_broker_without_a_place_for_sessions_is_told_everything_each_time()
    {
        await using var fixture = new ReplicaFixture();
        fixture.Replicas.SessionsMax = 0;
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        fixture.Replicas.Append(ReplicaFixture.One, 5, "b");
        Assert.Equal(["1:b"], await fixture.NextAsync(1));

        Assert.All(fixture.Replicas.FetchesSoFar(), fetch => Assert.Equal((0, 0, 2), (fetch.Request.SessionId, fetch.Request.SessionEpoch, fetch.Request.Topics[0].Partitions.Count)));
    }

    [Fact]
    public async Task The_end_of_the_consumer_is_the_end_of_its_session()
    {
        var fixture = new ReplicaFixture();
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(0));
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        Assert.Equal(["0:a"], await fixture.NextAsync(1));
        Assert.Equal(1, fixture.Replicas.SessionCount);

        await fixture.Consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
        Assert.Equal(0, fixture.Replicas.SessionCount);
        Assert.Equal(-1, fixture.Replicas.FetchesSoFar()[^1].Request.SessionEpoch);
        await fixture.DisposeAsync();
    }

    [Fact]
    public async Task The_lag_is_known_of_a_partition_that_is_assigned_again_and_of_which_nothing_has_changed()
    {
        await using var fixture = new ReplicaFixture();
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a");
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(1));
        await Until(() => fixture.Consumer.Lag(ReplicaFixture.Zero) == 0);
        fixture.Consumer.Assign([]);
        fixture.Consumer.Assign([ReplicaFixture.Zero], StartPosition.At(1));
        await Until(() => fixture.Consumer.Lag(ReplicaFixture.Zero) == 0);
    }

    private static string Named(FetchRequest request) =>
        string.Join(' ', request.Topics.SelectMany(topic => topic.Partitions.Select(partition => (partition.Partition, Text: $"t-{partition.Partition}@{partition.FetchOffset}"))).OrderBy(one => one.Partition).Select(one => one.Text));

    private static async Task<FetchRequest> FetchWhere(ReplicaFixture fixture, Func<FetchRequest, bool> condition, int skip = 0)
    {
        await Until(() => fixture.Replicas.FetchesSoFar().Count(fetch => condition(fetch.Request)) > skip);
        return fixture.Replicas.FetchesSoFar().Select(fetch => fetch.Request).Where(condition).ElementAt(skip);
    }

    private static async Task Until(Func<bool> condition)
    {
        async Task Look()
        {
            while (!condition())
            {
                await Task.Delay(1);
            }
        }

        await Look().OrTimeout("what the test expects");
    }
}
