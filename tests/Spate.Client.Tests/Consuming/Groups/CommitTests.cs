using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>At least once: what is committed, and when.</summary>
public sealed class CommitTests
{
    private static readonly TopicPartition First = new("t", 0);

    [Fact]
    public async Task A_record_that_is_in_hand_when_the_enumeration_is_left_is_not_committed_and_those_before_it_are()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(6);
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options))
        {
            consumer.Subscribe("t");
            await foreach (var record in consumer.ConsumeAsync<string, string>())
            {
                if (record.Offset == 3)
                {
                    break;
                }
            }
        }

        Assert.Equal(3, await fixture.CommittedAsync());
    }

    [Fact]
    public async Task A_record_whose_processing_throws_is_not_committed_and_those_before_it_are()
    {
        await using var fixture = await GroupFixture.StartAsync(change: options => options with { Consumer = GroupFixture.Options with { GroupId = null } });
        await fixture.ProduceAsync(6);

        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await foreach (var record in fixture.Client.ConsumeAsync<string, string>("t", group: "g"))
            {
                if (record.Offset == 4)
                {
                    throw new InvalidOperationException("processing failed");
                }
            }
        });

        Assert.Equal(4, await fixture.CommittedAsync());
        await foreach (var record in fixture.Client.ConsumeAsync<string, string>("t", group: "g"))
        {
            Assert.Equal("4", record.Value);
            break;
        }
    }

    [Fact]
    public async Task A_consumer_disposed_in_the_middle_of_a_record_commits_those_before_it()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(6);
        var consumer = fixture.Client.CreateConsumer(GroupFixture.Options);
        consumer.Subscribe("t");

        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var record in consumer.ConsumeAsync<string, string>())
            {
                if (record.Offset == 2)
                {
                    await consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
                }
            }
        });

        Assert.Equal(2, await fixture.CommittedAsync());
    }

    [Fact]
    public async Task Records_that_are_not_to_be_committed_by_themselves_are_not()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(3);
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options with { AutoCommit = false }))
        {
            consumer.Subscribe("t");
            await ReadTo(consumer, 2);
        }

        Assert.Null(await fixture.CommittedAsync());
    }

    [Fact]
    public async Task Committing_commits_what_is_finished_and_naming_the_record_in_hand_commits_that_too()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(5);
        await using var consumer = fixture.Client.CreateConsumer(GroupFixture.Options with { AutoCommit = false });
        consumer.Subscribe("t");
        await foreach (var record in consumer.ConsumeAsync<string, string>())
        {
            if (record.Offset == 2)
            {
                await consumer.CommitAsync().OrTimeout("the commit");
                Assert.Equal(2, await fixture.CommittedAsync());
                await consumer.CommitAsync(record).OrTimeout("the commit");
                Assert.Equal(3, await fixture.CommittedAsync());
                break;
            }
        }

        await consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(1, "by hand") }).OrTimeout("the commit");
        var committed = await consumer.CommittedAsync([First, new("t", 7)]).OrTimeout("the committed offsets");
        Assert.Equal(new CommittedOffset(1, "by hand"), committed[First]);
        Assert.Null(committed[new("t", 7)]);
    }

    [Fact]
    public async Task What_is_finished_is_committed_now_and_then()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await GroupFixture.StartAsync(change: options => options with { TimeProvider = clock });
        await fixture.ProduceAsync(3).WhileMoving(clock, TimeSpan.FromMilliseconds(10), "the records");
        await using var reader = new GroupReader(fixture.Client, GroupFixture.Options with { AutoCommitInterval = TimeSpan.FromSeconds(1) });
        await Waiting.Until(() => reader.Values.Count == 3, () => "the records").WhileMoving(clock, TimeSpan.FromMilliseconds(10), "the records");

        long? committed = null;
        while (committed != 3)
        {
            clock.Advance(TimeSpan.FromMilliseconds(100));
            var asking = fixture.CommittedAsync();
            await asking.WhileMoving(clock, TimeSpan.FromMilliseconds(10), "the committed offset");
            committed = await asking;
        }
    }

    [Fact]
    public async Task A_batch_counts_as_finished_when_the_next_is_asked_for()
    {
        await using var fixture = await GroupFixture.StartAsync();
        for (var batch = 0; batch < 3; batch++)
        {
            await using var producer = fixture.Client.CreateProducer(new ProducerOptions { Linger = TimeSpan.FromSeconds(10) });
            for (var number = 0; number < 4; number++)
            {
                await producer.PostAsync(new ProducerRecord<NoKey, string>("t", default, "v")).AsTask().OrTimeout("the record to be taken");
            }

            await producer.FlushAsync().OrTimeout("the flush");
        }

        long first = -1;
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options))
        {
            consumer.Subscribe("t");
            await foreach (var batch in consumer.ConsumeBatchesAsync<string, string>())
            {
                first = batch.Records[0].Offset;
                if (first > 5)
                {
                    break;
                }
            }
        }

        Assert.Equal(first, await fixture.CommittedAsync());
    }

    [Fact]
    public async Task An_enumeration_that_is_begun_again_goes_on_after_the_record_in_hand_and_counts_it_as_finished_then()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(5);
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options))
        {
            consumer.Subscribe("t");
            await ReadTo(consumer, 1);
            await ReadTo(consumer, 2);
        }

        Assert.Equal(2, await fixture.CommittedAsync());
    }

    [Fact]
    public async Task Partitions_named_by_hand_go_on_from_what_is_committed_and_are_committed_too()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(6);
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options))
        {
            consumer.Assign([First]);
            await ReadTo(consumer, 2);
        }

        Assert.Equal(2, await fixture.CommittedAsync());
        await using var next = fixture.Client.CreateConsumer(GroupFixture.Options);
        next.Assign([First]);
        await foreach (var record in next.ConsumeAsync<string, string>())
        {
            Assert.Equal("2", record.Value);
            break;
        }
    }

    [Fact]
    public async Task A_seek_is_committed_as_the_position_that_it_is()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(6);
        await using (var consumer = fixture.Client.CreateConsumer(GroupFixture.Options))
        {
            consumer.Subscribe("t");
            await ReadTo(consumer, 4);
            consumer.Seek(First, StartPosition.At(1));
        }

        Assert.Equal(1, await fixture.CommittedAsync());
    }

    [Fact]
    public async Task Without_anything_committed_the_options_say_where_to_begin_or_that_it_fails()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(2);
        await using var consumer = fixture.Client.CreateConsumer(GroupFixture.Options with { OffsetReset = OffsetReset.Fail });
        consumer.Subscribe("t");

        var failure = await Assert.ThrowsAsync<KafkaException>(() => ReadTo(consumer, 0));

        Assert.Equal((ErrorCode.OffsetOutOfRange, First), (failure.ErrorCode, failure.Partition));
        consumer.Seek(First, StartPosition.At(1));
        await ReadTo(consumer, 1);
    }

    [Fact]
    public async Task A_commit_by_one_who_is_no_member_is_refused_with_what_to_do()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await using var subscribed = fixture.Client.CreateConsumer(GroupFixture.Options);
        subscribed.Subscribe("t");
        var failure = await Assert.ThrowsAsync<KafkaGroupException>(
            () => subscribed.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [First] = new(1) }).OrTimeout("the failure"));
        Assert.Equal((ErrorCode.UnknownMemberId, "g", false, false), (failure.ErrorCode, failure.GroupId, failure.IsRetriable, failure.IsFatal));
        Assert.Contains("raise MaxPollInterval", failure.Message, StringComparison.Ordinal);

        await using var alone = fixture.Client.CreateConsumer();
        await Assert.ThrowsAsync<InvalidOperationException>(() => alone.CommitAsync());
        Assert.Throws<InvalidOperationException>(() => alone.Subscribe("t"));
        Assert.Throws<InvalidOperationException>(() => subscribed.Assign([First]));
        Assert.Throws<ArgumentException>(() => subscribed.Subscribe());
        Assert.Throws<KafkaConfigurationException>(() => fixture.Client.CreateConsumer(new ConsumerOptions { GroupId = "" }));
    }

    private static async Task ReadTo(Consumer consumer, long offset)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var record in consumer.ConsumeAsync<string, string>(patience.Token))
        {
            if (record.Offset == offset)
            {
                return;
            }
        }
    }
}
