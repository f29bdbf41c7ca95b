using Microsoft.Extensions.Time.Testing;
using Spate.Client.Sharing;
using Spate.Client.Suite;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Sharing;

/// <summary>What a member of a share group makes of partitions that cannot be read, of topics that nobody knows yet, and of acknowledgements that do not count.</summary>
public sealed class ShareTroubleTests
{
    [Fact]
    public async Task A_partition_that_cannot_be_read_is_told_of_and_left_alone_for_a_while_and_the_others_go_on()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = new ShareFixture(records: 0, clock: clock, partitions: 2);
        fixture.Group.FetchError = ErrorCode.UnknownServerError;
        await using var consumer = fixture.Subscribe(static options => options with { AcknowledgeMode = AcknowledgeMode.Explicit });
        var failure = await Assert.ThrowsAsync<KafkaException>(() => NextAsync(consumer));
        Assert.Equal((ErrorCode.UnknownServerError, new TopicPartition("t", 0)), (failure.ErrorCode, failure.Partition));

        // Time stands still, and so does the partition.
        fixture.Group.Put(1, 0, "other"u8.ToArray());
        Assert.Equal("other", await NextAsync(consumer));
        var fetches = fixture.Group.Fetches;
        var next = NextAsync(consumer);
        await Waiting.Until(() => fixture.Group.Fetches >= fetches + 3 || next.IsCompleted, () => "more fetches of the other partition");
        Assert.False(next.IsCompleted, "the partition was asked for again at once");

        fixture.Group.FetchError = ErrorCode.None;
        fixture.Group.Put(0, 0, "first"u8.ToArray());
        await next.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the record of the partition that was left alone");
        Assert.Equal("first", await next);
    }

    [Fact]
    public async Task Partitions_whose_topic_nobody_knows_yet_are_read_once_somebody_does()
    {
        await using var fixture = new ShareFixture(records: 1);
        fixture.Group.HeartbeatIntervalMs = 20;
        fixture.Cluster.HidesIds = true;
        await using var consumer = fixture.Subscribe();
        var next = NextAsync(consumer);
        await Waiting.Until(() => fixture.Group.Asked.Count(static beat => beat.StartsWith("beat", StringComparison.Ordinal)) >= 3, () => "three heartbeats");
        Assert.Empty(consumer.Assignment);

        fixture.Cluster.HidesIds = false;

        Assert.Equal("0", await next);
    }

    [Fact]
    public async Task A_commit_tells_also_of_what_was_refused_since_the_last_one_without_being_asked_for()
    {
        await using var fixture = new ShareFixture(records: 1);
        var told = new TaskCompletionSource();
        await using var consumer = fixture.Subscribe(options => options with
        {
            AcknowledgeMode = AcknowledgeMode.Explicit,
            AcknowledgeLinger = TimeSpan.FromMilliseconds(1),
            OnAcknowledged = _ => told.TrySetResult(),
        });
        var record = (await consumer.ReceiveAsync<string, string>().TakeAsync(1))[0];
        fixture.Group.AcknowledgeError = ErrorCode.InvalidRecordState;
        record.Accept();
        await told.Task.OrTimeout("the refusal");

        var results = await consumer.CommitAsync().OrTimeout("the commit");

        Assert.Equal(ErrorCode.InvalidRecordState, results[new("t", 0)]?.ErrorCode);
        Assert.Empty(await consumer.CommitAsync().OrTimeout("the second commit"));
    }

    private static async Task<string?> NextAsync(ShareConsumer consumer)
    {
        await using var records = consumer.ReceiveAsync<string, string>().GetAsyncEnumerator();
        await records.MoveNextAsync().AsTask().OrTimeout("a record");
        return records.Current.Value;
    }
}
