using Spate.Client.Consuming;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Consuming;

/// <summary>What becomes of records that were read ahead, and of a fetch under way, when something else happens meanwhile.</summary>
public sealed class ReadAheadTests
{
    [Fact]
    public async Task What_was_read_ahead_is_handed_out_before_a_position_behind_it_that_is_gone_is_reset()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { OffsetReset = OffsetReset.Latest });
        fixture.Replicas.Say = static (_, name, asked) => name == ReplicaFixture.Zero && asked.FetchOffset == 3
            ? new() { PartitionIndex = name.Partition, ErrorCode = ErrorCode.OffsetOutOfRange, HighWatermark = -1 }
            : null;
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b", "c");
        await fixture.AssignBothAsync();
        await using var records = fixture.Consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.Equal("a", await NextAsync(records));

        // Both partitions are asked for in one session: when the other is asked for again and again, the answer for this one has been taken.
        await Waiting.Until(() => Asked(fixture, 3) > 0, () => "the fetch behind what was read ahead");
        var fetches = fixture.Replicas.FetchesSoFar().Count;
        await Waiting.Until(() => fixture.Replicas.FetchesSoFar().Count > fetches + 1, () => "two fetches more");
        Assert.Equal(1, fixture.Consumer.Position(ReplicaFixture.Zero));
        Assert.Empty(fixture.Replicas.Lookups);

        Assert.Equal("b", await NextAsync(records));
        Assert.Equal("c", await NextAsync(records));
        var next = NextAsync(records);
        await Waiting.Until(() => fixture.Replicas.Lookups.Count > 0, () => "the position to be reset");
        fixture.Replicas.Say = static (_, _, _) => null;
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "d");
        Assert.Equal("d", await next);
    }

    [Fact]
    public async Task A_position_that_is_gone_is_told_after_what_was_read_ahead_and_only_once()
    {
        await using var fixture = new ReplicaFixture(new ConsumerOptions { OffsetReset = OffsetReset.Fail });
        fixture.Replicas.Say = static (_, name, asked) => name == ReplicaFixture.Zero && asked.FetchOffset == 2
            ? new() { PartitionIndex = name.Partition, ErrorCode = ErrorCode.OffsetOutOfRange, HighWatermark = -1 }
            : null;
        fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
        await fixture.AssignBothAsync();
        await using var records = fixture.Consumer.ConsumeAsync<string, string>().GetAsyncEnumerator();
        Assert.Equal("a", await NextAsync(records));
        await Waiting.Until(() => Asked(fixture, 2) > 0, () => "the fetch behind what was read ahead");

        Assert.Equal("b", await NextAsync(records));
        var failure = await Assert.ThrowsAsync<KafkaException>(() => NextAsync(records));

        Assert.Equal((ErrorCode.OffsetOutOfRange, ReplicaFixture.Zero), (failure.ErrorCode, failure.Partition!.Value));
        Assert.Equal(2, fixture.Consumer.Position(ReplicaFixture.Zero));
    }

    [Fact]
    public async Task What_a_fetch_brings_that_was_under_way_when_its_partition_was_paused_is_handed_out_once_after_it_is_resumed()
    {
        await using var fixture = new ReplicaFixture();
        await fixture.AssignBothAsync();
        var reading = fixture.NextAsync(3);
        await Waiting.Until(() => fixture.Replicas.FetchesSoFar().Count > 0, () => "a fetch");

        fixture.Consumer.Pause(ReplicaFixture.Zero);
        fixture.Replicas.AtOnce(() =>
        {
            fixture.Replicas.Append(ReplicaFixture.Zero, 5, "a", "b");
            fixture.Replicas.Append(ReplicaFixture.One, 5, "A");
        });
        await Waiting.Until(() => fixture.Consumer.Position(ReplicaFixture.One) == 1, () => "the record of the partition that is not paused");
        Assert.Equal(0, fixture.Consumer.Position(ReplicaFixture.Zero));
        fixture.Consumer.Resume(ReplicaFixture.Zero);

        Assert.Equal(["1:A", "0:a", "0:b"], await reading);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_broker_that_has_nothing_does_not_keep_the_room_from_one_that_has(int fetches)
    {
        const int Bytes = 10_000;
        await using var fixture = new ReplicaFixture(new ConsumerOptions { PrefetchBytes = Bytes * fetches, PartitionFetchBytes = Bytes, FetchMaxBytes = 2 * Bytes });
        fixture.Cluster.SetTopic("t", (1, 5), (2, 5));
        await fixture.AssignBothAsync();
        fixture.Replicas.Append(ReplicaFixture.One, 5, "a", "b");

        // The first broker is asked again as soon as it has answered, and always with nothing.
        Assert.Equal(["1:a", "1:b"], await fixture.NextAsync(2));
        Assert.All(fixture.Replicas.FetchesSoFar().Where(static fetch => fetch.Request.SessionEpoch >= 0), static fetch => Assert.InRange(fetch.Request.MaxBytes, 1, Bytes));
    }

    private static int Asked(ReplicaFixture fixture, long offset) => fixture.Replicas.FetchesSoFar()
        .Count(fetch => fetch.Request.Topics.Exists(topic => topic.Partitions.Exists(partition => partition.Partition == 0 && partition.FetchOffset == offset)));

    private static async Task<string?> NextAsync(RecordReader<string, string> records) =>
        await records.MoveNextAsync().AsTask().OrTimeout("the next record") ? records.Current.Value : null;
}
