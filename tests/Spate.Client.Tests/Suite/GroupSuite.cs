using Spate.Client.Consuming;
using Spate.Protocol;
using Spate.Protocol.Errors;

namespace Spate.Client.Suite;

/// <summary>What members of groups do, whatever broker is at the other end: each derived class brings one.</summary>
public abstract class GroupSuite(string bootstrapServers)
{
    public static TheoryData<GroupProtocol> Protocols => [GroupProtocol.Classic, GroupProtocol.Consumer];

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task A_member_goes_on_where_the_one_before_it_had_finished(GroupProtocol protocol)
    {
        var (client, topic, options) = await WrittenAsync("goes-on", partitions: 1, protocol);
        await using var _ = client;

        foreach (var first in new[] { 0, 3, 6 })
        {
            // The fourth record is in hand when the enumeration is left, and so it is read again.
            Assert.Equal(Enumerable.Range(first, 4), (await ReadAsync(client, topic, options, 4)).Select(static record => record.Value));
        }
    }

    [Theory]
    [MemberData(nameof(Protocols))]
    public async Task What_is_committed_by_name_counts_and_can_be_asked_for(GroupProtocol protocol)
    {
        var (client, topic, options) = await WrittenAsync("by-name", partitions: 1, protocol);
        await using var _ = client;
        await using (var consumer = client.CreateConsumer(options with { AutoCommit = false }))
        {
            consumer.Subscribe(topic);
            var records = await consumer.ConsumeAsync<string, int>().TakeAsync(5);
            await consumer.CommitAsync(records[^1]).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Equal(5, (await consumer.CommittedAsync([new(topic, 0)]).Soon())[new(topic, 0)]!.Value.Offset);
        }

        Assert.Equal(5, (await ReadAsync(client, topic, options, 1))[0].Value);
    }

    /// <summary>Only by the classic protocol, in which members say how often they are heard of; in the other one a broker's default of five seconds would be waited for, again and again.</summary>
    [Fact]
    public async Task Two_members_share_the_partitions_and_one_takes_over_what_the_other_leaves()
    {
        var (client, topic, options) = await WrittenAsync("shared", partitions: 4, GroupProtocol.Classic);
        await using var _ = client;
        await using var staying = new Member(client, topic, options);
        await staying.HoldsAsync(4);

        await using (var leaving = new Member(client, topic, options))
        {
            Assert.Empty((await leaving.HoldsAsync(2)).Intersect(await staying.HoldsAsync(2)));
        }

        await staying.HoldsAsync(4);
    }

    [Fact]
    public async Task A_member_whose_name_another_has_taken_is_fenced_and_told_so()
    {
        var (client, topic, options) = await WrittenAsync("fenced", partitions: 1, GroupProtocol.Classic);
        await using var _ = client;
        var named = options with { GroupInstanceId = "one" };
        await using var before = new Member(client, topic, named);
        await before.HoldsAsync(1);

        await using var after = new Member(client, topic, named);
        await after.HoldsAsync(1);

        var fenced = await Assert.ThrowsAsync<KafkaGroupException>(() => before.Reading.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal((ErrorCode.FencedInstanceId, true, false), (fenced.ErrorCode, fenced.IsFatal, fenced.IsRetriable));
    }

    private static async Task<List<ConsumerRecord<string, int>>> ReadAsync(KafkaClient client, string topic, ConsumerOptions options, int count)
    {
        await using var consumer = client.CreateConsumer(options);
        consumer.Subscribe(topic);
        return await consumer.ConsumeAsync<string, int>().TakeAsync(count);
    }

    private async Task<(KafkaClient Client, string Topic, ConsumerOptions Options)> WrittenAsync(string what, int partitions, GroupProtocol protocol)
    {
        var name = $"{what}-{protocol}";
        var client = new KafkaClient(bootstrapServers);
        var created = await client.Admin.Topics.CreateAsync([new(name) { Partitions = partitions }]).Soon();
        Assert.True(created[name].IsSuccess, created[name].Error?.Message);
        for (var number = 0; number < 20; number++)
        {
            await client.Producer.ProduceAsync(new Producing.ProducerRecord<string, int>(name, "k", number) { Partition = number % partitions }).Soon();
        }

        return (client, name, new ConsumerOptions { GroupId = $"group-of-{name}", GroupProtocol = protocol, HeartbeatInterval = TimeSpan.FromMilliseconds(50), OffsetReset = OffsetReset.Earliest });
    }

    /// <summary>A member that reads in the background, and knows what it holds by what it was told.</summary>
    private sealed class Member : IAsyncDisposable
    {
        private readonly Lock _gate = new();
        private readonly HashSet<TopicPartition> _held = [];
        private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Member(KafkaClient client, string topic, ConsumerOptions options)
        {
            Consumer = client.CreateConsumer(options with
            {
                OnAssigned = (_, partitions, _) => Change(() => _held.UnionWith(partitions)),
                OnRevoked = (_, partitions, _) => Change(() => _held.ExceptWith(partitions)),
                OnLost = (_, partitions, _) => Change(() => _held.ExceptWith(partitions)),
            });
            Consumer.Subscribe(topic);
            Reading = Task.Run(ReadAsync);
        }

        public Consumer Consumer { get; }

        public Task Reading { get; }

        /// <summary>Waits until it has so many partitions.</summary>
        public async Task<IReadOnlyList<TopicPartition>> HoldsAsync(int count)
        {
            while (true)
            {
                Task changed;
                lock (_gate)
                {
                    if (_held.Count == count)
                    {
                        return [.. _held];
                    }

                    changed = _changed.Task;
                }

                await await Task.WhenAny(changed, Reading).WaitAsync(TimeSpan.FromSeconds(60));
            }
        }

        public async ValueTask DisposeAsync() => await Consumer.DisposeAsync();

        private async Task ReadAsync()
        {
            try
            {
                await foreach (var record in Consumer.ConsumeAsync<string, int>())
                {
                    Assert.InRange(record.Value, 0, 19);
                }
            }
            catch (ObjectDisposedException)
            {
                // The member has left.
            }
        }

        private ValueTask Change(Action change)
        {
            lock (_gate)
            {
                change();
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            return ValueTask.CompletedTask;
        }
    }
}
