using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Groups of the classic protocol at the real broker.</summary>
public sealed class ClassicGroupTests
{
    [Fact]
    public async Task Members_share_the_partitions_as_they_come_and_go()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 4);
        await fixture.ProduceAsync(8, partitions: 4);
        await using var first = new GroupReader(fixture.Client, GroupFixture.Options);
        await first.HasPartitions(4);
        await using (var second = new GroupReader(fixture.Client, GroupFixture.Options))
        {
            await second.HasPartitions(2);
            await first.HasPartitions(2);
            Assert.Empty(first.Consumer.Assignment.Intersect(second.Consumer.Assignment));
            await using var third = new GroupReader(fixture.Client, GroupFixture.Options);
            await third.HasPartitions(1);
            Assert.Equal(4, first.Consumer.Assignment.Union(second.Consumer.Assignment).Union(third.Consumer.Assignment).Count());
        }

        await first.HasPartitions(4);
        await fixture.ProduceAsync(4, partitions: 4);
        await Waiting.Until(() => first.Values.Contains("11"), () => "the last record");
    }

    [Fact]
    public async Task Records_go_on_where_the_member_before_has_finished_and_none_is_left_out()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 2);
        await fixture.ProduceAsync(100, partitions: 2);
        await using var first = new GroupReader(fixture.Client, GroupFixture.Options);
        await Waiting.Until(() => first.Values.Count == 100, () => "100 records");
        await using var second = new GroupReader(fixture.Client, GroupFixture.Options);
        await second.HasPartitions(1);
        await first.HasPartitions(1);

        await fixture.ProduceAsync(100, partitions: 2);
        await Waiting.Until(() => first.Values.Count + second.Values.Count >= 200, () => "200 records");

        Assert.Equal(150, first.Values.Count);
        Assert.Equal(50, second.Values.Count);
        Assert.Equal(200, first.Values.Union(second.Values).Count());
    }

    [Fact]
    public async Task A_member_that_works_on_a_record_keeps_it_until_it_has_finished_and_what_is_finished_is_committed_first()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await fixture.ProduceAsync(3);
        var inHand = new TaskCompletionSource();
        var finish = new TaskCompletionSource();
        var revoked = new List<long?>();
        var options = GroupFixture.Options with
        {
            GroupInstanceId = "a",
            Assignors = [new LastMember()],
            OnRevoked = async (consumer, partitions, _) => revoked.Add(await fixture.CommittedAsync()),
        };
        await using var first = new GroupReader(fixture.Client, options, work: async record =>
        {
            if (record.Offset == 1)
            {
                inHand.SetResult();
                await finish.Task;
            }
        });
        await inHand.Task.OrTimeout("the record");
        await using var second = new GroupReader(fixture.Client, options with { GroupInstanceId = "b", OnRevoked = null });
        Assert.Empty(revoked);
        Assert.Single(first.Consumer.Assignment);

        // Whether the first hears of the second before it has read on is open; that nothing is read twice or left out is not.
        finish.SetResult();
        await second.HasPartitions(1);
        await fixture.ProduceAsync(1);
        await Waiting.Until(() => second.Values.Contains("3"), () => "the last record");

        Assert.Equal(["0", "1", "2", "3"], [.. first.Values, .. second.Values]);
        Assert.Equal([first.Values.Count], revoked);
    }

    [Fact]
    public async Task Partitions_that_are_added_are_assigned()
    {
        await using var fixture = await GroupFixture.StartAsync(change: options => options with { MetadataMaxAge = TimeSpan.FromMilliseconds(50) });
        await using var reader = new GroupReader(fixture.Client, GroupFixture.Options);
        await reader.HasPartitions(1);

        await fixture.Client.Admin.Topics.AddPartitionsAsync([new("t", 3)]).OrTimeout("the partitions");

        await reader.HasPartitions(3);
    }

    [Fact]
    public async Task An_assignor_that_cannot_describe_a_member_ends_the_enumeration_and_says_so()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await using var reader = new GroupReader(fixture.Client, GroupFixture.Options with { Assignors = [new Speechless()] });

        var told = await Assert.ThrowsAsync<KafkaGroupException>(() => reader.Reading.OrTimeout("the failure"));

        Assert.Contains("no words", told.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(told.InnerException);
    }

    [Fact]
    public async Task Cooperative_members_keep_reading_what_does_not_change_hands()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 4);
        await fixture.ProduceAsync(4, partitions: 4);
        var told = new List<string>();
        var options = GroupFixture.Options with { Assignors = [PartitionAssignors.CooperativeSticky] };
        await using var first = new GroupReader(fixture.Client, options with
        {
            OnAssigned = (_, partitions, _) => Tell("assigned", partitions),
            OnRevoked = (_, partitions, _) => Tell("revoked", partitions),
        });
        await first.HasPartitions(4);
        var before = first.Consumer.Assignment;
        await using (var second = new GroupReader(fixture.Client, options))
        {
            await second.HasPartitions(2);
            await first.HasPartitions(2);
            Assert.Empty(first.Consumer.Assignment.Except(before));
            Assert.Empty(first.Consumer.Assignment.Intersect(second.Consumer.Assignment));
            await fixture.ProduceAsync(4, partitions: 4);
            await Waiting.Until(() => first.Values.Count + second.Values.Count == 8, () => "eight records");
            Assert.Equal(8, first.Values.Union(second.Values).Count());
        }

        await first.HasPartitions(4);
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
    public async Task A_static_member_that_comes_back_gets_what_it_had_and_nobody_else_notices()
    {
        await using var fixture = await GroupFixture.StartAsync(partitions: 2);
        var assigned = 0;
        await using var other = new GroupReader(fixture.Client, GroupFixture.Options with
        {
            GroupInstanceId = "other",
            OnAssigned = (_, _, _) =>
            {
                assigned++;
                return ValueTask.CompletedTask;
            },
        });
        IReadOnlyList<TopicPartition> had;
        await using (var first = new GroupReader(fixture.Client, GroupFixture.Options with { GroupInstanceId = "one" }))
        {
            await first.HasPartitions(1);
            await other.HasPartitions(1);
            had = first.Consumer.Assignment;
        }

        var before = assigned;
        await using var back = new GroupReader(fixture.Client, GroupFixture.Options with { GroupInstanceId = "one" });
        await back.HasPartitions(1);

        Assert.Equal(had, back.Consumer.Assignment);
        Assert.Equal(before, assigned);
    }

    [Fact]
    public async Task A_member_whose_name_another_takes_is_fenced_for_good()
    {
        await using var fixture = await GroupFixture.StartAsync();
        await using var first = new GroupReader(fixture.Client, GroupFixture.Options with { GroupInstanceId = "one" });
        await first.HasPartitions(1);
        await using var second = new GroupReader(fixture.Client, GroupFixture.Options with { GroupInstanceId = "one" });
        await second.HasPartitions(1);

        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => first.Reading.OrTimeout("the failure"));

        Assert.True(failure.IsFatal);
        Assert.Equal(ErrorCode.FencedInstanceId, failure.ErrorCode);
        Assert.Empty(first.Consumer.Assignment);
    }

    [Fact]
    public async Task A_pattern_takes_in_topics_as_they_are_made()
    {
        await using var fixture = await GroupFixture.StartAsync(change: options => options with { MetadataMaxAge = TimeSpan.FromMilliseconds(50) });
        await fixture.ProduceAsync(1, topic: "orders.eu");
        await fixture.ProduceAsync(1, topic: "my.orders.eu");
        await using var reader = new GroupReader(fixture.Client, GroupFixture.Options, consumer => consumer.Subscribe(new Regex(@"orders\..*")));
        await reader.HasPartitions(1);
        await fixture.ProduceAsync(1, topic: "orders.us");

        await Waiting.Until(() => reader.Values.Count == 2, () => "the record of the new topic");

        Assert.Equal(["0", "2"], reader.Values);
    }

    [Fact]
    public async Task A_member_that_hangs_leaves_the_group_says_so_and_comes_back_when_it_is_enumerated_anew()
    {
        var clock = new FakeTimeProvider();
        await using var fixture = await GroupFixture.StartAsync(change: options => options with { TimeProvider = clock });
        await using var steady = new KafkaClient(fixture.Broker.BootstrapServers);
        await steady.ProduceAsync("t", "0").AsTask().OrTimeout("the delivery");
        await steady.ProduceAsync("t", "1").AsTask().OrTimeout("the delivery");
        var hang = new TaskCompletionSource();
        var lost = new TaskCompletionSource<bool>();
        await using var first = new GroupReader(
            fixture.Client,
            GroupFixture.Options with
            {
                MaxPollInterval = TimeSpan.FromMilliseconds(500),
                OnLost = (_, _, _) =>
                {
                    lost.SetResult(hang.Task.IsCompleted);
                    return ValueTask.CompletedTask;
                },
            },
            work: record => record.Offset == 1 ? hang.Task : Task.CompletedTask);
        await first.HasPartitions(1).WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the partition");
        await Waiting.Until(() => first.Values.Count == 2, () => "the records").WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the records");
        await using (var second = new GroupReader(steady, GroupFixture.Options with { AutoCommit = false }))
        {
            await second.HasPartitions(1).WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the partition to be given up");
            Assert.Empty(first.Consumer.Assignment);
            await Waiting.Until(() => second.Values.Count > 0, () => "the record that was not finished");
            Assert.Equal("1", second.Values[0]);
        }

        hang.SetResult();
        var failure = await Assert.ThrowsAsync<KafkaGroupException>(() => first.Reading.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "the failure"));
        Assert.Contains("MaxPollInterval (500 ms)", failure.Message, StringComparison.Ordinal);
        Assert.True(failure is { IsRetriable: true, IsFatal: false });
        Assert.True(await lost.Task.OrTimeout("the loss"), "the loss was told in the middle of a record");

        var again = Task.Run(async () =>
        {
            await foreach (var record in first.Consumer.ConsumeAsync<string, string>())
            {
                return record.Value;
            }

            return null;
        });
        await again.WhileMoving(clock, TimeSpan.FromMilliseconds(1), "a record");
        Assert.Equal("1", await again);
    }

    /// <summary>Fails before the group is joined.</summary>
    private sealed class Speechless : IPartitionAssignor
    {
        public string Name => "speechless";

        public ReadOnlyMemory<byte>? Describe(IReadOnlyCollection<TopicPartition> last, int generation) => throw new InvalidOperationException("no words");

        public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts) =>
            new Dictionary<string, IReadOnlyList<TopicPartition>>();
    }

    /// <summary>Everything to the member that comes last in order.</summary>
    private sealed class LastMember : IPartitionAssignor
    {
        public string Name => "last";

        public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts) =>
            new Dictionary<string, IReadOnlyList<TopicPartition>>
            {
                [members[^1].Id] = [.. partitionCounts.SelectMany(static topic => Enumerable.Range(0, topic.Value).Select(partition => new TopicPartition(topic.Key, partition)))],
            };
    }
}
