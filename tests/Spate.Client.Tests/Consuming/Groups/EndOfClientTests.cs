using Spate.Client.Consuming;
using Spate.Client.Sharing;
using Spate.Client.Tests.Sharing;
using Spate.Protocol;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Clients that are disposed before what uses them: everything says so at once, and nothing is waited for.</summary>
public sealed class EndOfClientTests
{
    /// <summary>Beyond the patience of tests: whoever waits for a broker waits for too long.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task A_member_with_uncommitted_records_is_told_and_ends_at_once(GroupProtocol protocol)
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(3);
        await using var client = new KafkaClient(fixture.Client.Options with { RequestTimeout = TooLong, ApiTimeout = TooLong });
        await using var reader = new GroupReader(client, GroupFixture.Options with { GroupProtocol = protocol, AutoCommitInterval = TimeSpan.FromHours(1) });
        await Waiting.Until(() => reader.Values.Count == 3, () => "the records");

        await client.DisposeAsync().AsTask().OrTimeout("the end of the client");

        IsToldOf(await Assert.ThrowsAsync<KafkaException>(() => reader.Reading.OrTimeout("the enumeration to be told")));
        IsToldOf(await Assert.ThrowsAsync<KafkaException>(() => reader.Consumer.CommitAsync(new Dictionary<TopicPartition, CommittedOffset> { [new("t", 0)] = new(1) }).OrTimeout("the refusal")));
        await reader.DisposeAsync();
        Assert.Null(await fixture.CommittedAsync());
    }

    [Fact]
    public async Task A_consumer_of_partitions_that_were_named_is_told_and_ends_at_once()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(2);
        await using var client = new KafkaClient(fixture.Client.Options with { RequestTimeout = TooLong, ApiTimeout = TooLong });
        await using var reader = new GroupReader(
            client, GroupFixture.Options with { AutoCommitInterval = TimeSpan.FromHours(1) }, static consumer => consumer.Assign([new TopicPartition("t", 0)]));
        await Waiting.Until(() => reader.Values.Count == 2, () => "the records");

        await client.DisposeAsync().AsTask().OrTimeout("the end of the client");

        IsToldOf(await Assert.ThrowsAsync<KafkaException>(() => reader.Reading.OrTimeout("the enumeration to be told")));
        await reader.DisposeAsync();
    }

    [Fact]
    public async Task A_consumer_without_a_group_is_told()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(1);
        await using var client = new KafkaClient(fixture.Client.Options);
        await using var reader = new GroupReader(
            client, GroupFixture.Options with { GroupId = null }, static consumer => consumer.Assign([new TopicPartition("t", 0)], StartPosition.Beginning));
        await Waiting.Until(() => reader.Values.Count == 1, () => "the record");

        await client.DisposeAsync().AsTask().OrTimeout("the end of the client");

        IsToldOf(await Assert.ThrowsAsync<KafkaException>(() => reader.Reading.OrTimeout("the enumeration to be told")));
        IsToldOf(await Assert.ThrowsAsync<KafkaException>(async () =>
        {
            await foreach (var _ in reader.Consumer.ConsumeAsync<string, string>())
            {
                Assert.Fail("There was one record.");
            }
        }));
    }

    [Fact]
    public async Task A_member_of_a_share_group_is_told_and_ends_at_once()
    {
        await using var fixture = new ShareFixture(records: 1);
        await using var client = new KafkaClient(fixture.Client.Options with { RequestTimeout = TooLong, ApiTimeout = TooLong });
        await using var consumer = client.CreateShareConsumer(new ShareConsumerOptions { GroupId = "shared", MaxWait = TimeSpan.FromMilliseconds(5) });
        consumer.Subscribe("t");
        var first = new TaskCompletionSource();
        var reading = Task.Run(async () =>
        {
            await foreach (var _ in consumer.ReceiveAsync<string, string>())
            {
                first.SetResult();
            }
        });
        await first.Task.OrTimeout("the record");

        await client.DisposeAsync().AsTask().OrTimeout("the end of the client");

        IsToldOf(await Assert.ThrowsAsync<KafkaException>(() => reading.OrTimeout("the enumeration to be told")));
        await consumer.DisposeAsync().AsTask().OrTimeout("the end of the consumer");
    }

    private static void IsToldOf(KafkaException failure)
    {
        Assert.Equal((true, false), (failure.IsFatal, failure.IsRetriable));
        Assert.Contains("was disposed before", failure.Message, StringComparison.Ordinal);
    }
}
