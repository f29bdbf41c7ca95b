using System.Text.RegularExpressions;
using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Groups of the new protocol (KIP-848) at the real broker.</summary>
public sealed class NewProtocolGroupTests
{
    private static readonly string[] Quick = ["group.consumer.min.heartbeat.interval.ms=20", "group.consumer.heartbeat.interval.ms=20"];

    private static ConsumerOptions Options { get; } = GroupFixture.Options with { GroupProtocol = GroupProtocol.Consumer };

    [Fact]
    public async Task Members_share_the_partitions_as_they_come_and_go_and_keep_what_does_not_change_hands()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 4, settings: Quick);
        await fixture.ProduceAsync(4, partitions: 4);
        var told = new List<string>();
        await using var first = new GroupReader(fixture.Client, Options with
        {
            OnAssigned = (_, partitions, _) => Tell("assigned", partitions),
            OnRevoked = (_, partitions, _) => Tell("revoked", partitions),
        });
        await first.HasPartitions(4);
        await Waiting.Until(() => first.Values.Count == 4, () => "four records");
        await using (var second = new GroupReader(fixture.Client, Options))
        {
            await second.HasPartitions(2);
            await first.HasPartitions(2);
            Assert.Empty(first.Consumer.Assignment.Intersect(second.Consumer.Assignment));
            await fixture.ProduceAsync(8, partitions: 4);
            await Waiting.Until(() => first.Values.Count + second.Values.Count >= 12, () => "twelve records");
            Assert.Equal((8, 4), (first.Values.Count, second.Values.Count));
            Assert.Equal(12, first.Values.Union(second.Values).Count());
        }

        await first.HasPartitions(4);
        await fixture.ProduceAsync(4, partitions: 4);
        await Waiting.Until(() => first.Values.Count == 12, () => "the rest");
        lock (told)
        {
            Assert.Equal(["assigned 4", "revoked 2", "assigned 2"], told);
        }

        ValueTask Tell(string what, IReadOnlyList<TopicPartition> partitions)
        {
            lock (told)
            {
                told.Add($"{what} {partitions.Count}");
            }

            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task What_was_in_hand_when_the_enumeration_was_left_is_read_again_and_nothing_else()
    {
        await using var fixture = await GroupFixture.StartAsync(settings: Quick);
        await fixture.ProduceAsync(6);
        await using (var consumer = fixture.Client.CreateConsumer(Options))
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
        await using var next = new GroupReader(fixture.Client, Options);
        await Waiting.Until(() => next.Values.Count == 3, () => "the rest");
        Assert.Equal(["3", "4", "5"], next.Values);
    }

    [Fact]
    public async Task A_static_member_comes_back_to_what_it_had_and_its_name_is_taken_only_when_it_has_gone()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 2, settings: Quick);
        await using var other = new GroupReader(fixture.Client, Options with { GroupInstanceId = "other" });
        IReadOnlyList<TopicPartition> had;
        await using (var first = new GroupReader(fixture.Client, Options with { GroupInstanceId = "one" }))
        {
            await first.HasPartitions(1);
            await other.HasPartitions(1);
            had = first.Consumer.Assignment;
            await using var impostor = new GroupReader(fixture.Client, Options with { GroupInstanceId = "one" });
            var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => impostor.Reading.OrTimeout("the failure"));
            Assert.Equal(ErrorCode.UnreleasedInstanceId, failure.ErrorCode);
        }

        await using var back = new GroupReader(fixture.Client, Options with { GroupInstanceId = "one" });
        await back.HasPartitions(1);
        Assert.Equal(had, back.Consumer.Assignment);
        Assert.Single(other.Consumer.Assignment);
    }

    [Fact]
    public async Task A_pattern_is_matched_by_the_broker()
    {
        await using var fixture = await GroupFixture.StartAsync(settings: Quick);
        await fixture.ProduceAsync(1, topic: "orders.eu");
        await fixture.ProduceAsync(1, topic: "my.orders.eu");
        await using var reader = new GroupReader(fixture.Client, Options, consumer => consumer.Subscribe(new Regex(@"orders\..*")));
        await reader.HasPartitions(1);
        await fixture.ProduceAsync(1, topic: "orders.us");

        await Waiting.Until(() => reader.Values.Count == 2, () => "the record of the new topic");

        Assert.Equal(["0", "2"], reader.Values);
    }

    [Fact]
    public async Task Another_subscription_takes_the_place_of_the_first()
    {
        await using var fixture = await GroupFixture.StartAsync(settings: Quick);
        await fixture.ProduceAsync(1, topic: "a");
        await fixture.ProduceAsync(1, topic: "b");
        await using var reader = new GroupReader(fixture.Client, Options, consumer => consumer.Subscribe("a"));
        await Waiting.Until(() => reader.Values.Count == 1, () => "the record of a");
        reader.Consumer.Subscribe("b");
        await Waiting.Until(() => reader.Values.Count == 2, () => "the record of b");
        Assert.Equal([new TopicPartition("b", 0)], reader.Consumer.Assignment);
        await reader.Consumer.UnsubscribeAsync().OrTimeout("the end of the membership");
        Assert.Empty(reader.Consumer.Assignment);
    }
}
