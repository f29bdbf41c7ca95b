using Spate.Client.Administration;
using Spate.Client.Producing;
using Spate.Client.Sharing;
using Spate.Protocol;

namespace Spate.Client.Suite;

/// <summary>What members of share groups do, whatever broker is at the other end: each derived class brings one.</summary>
public abstract class ShareSuite(string bootstrapServers)
{
    [Fact]
    public async Task Each_record_goes_to_one_member_and_all_are_worked_on_once()
    {
        await using var client = await WrittenAsync("shared-out", partitions: 2, records: 40);
        await using var first = Join(client, "shared-out", static options => options with { MaxRecords = 3 });
        await using var second = Join(client, "shared-out", static options => options with { MaxRecords = 3 });
        var values = new List<int>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stopping = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var reading = new[] { first, second }.Select(member => Task.Run(async () =>
        {
            await foreach (var record in member.ReceiveAsync<NoKey, int>(stopping.Token))
            {
                record.Accept();
                lock (values)
                {
                    values.Add(record.Value);
                    if (values.Count == 40)
                    {
                        all.SetResult();
                    }
                }
            }
        })).ToList();
        await all.Task.Soon();
        await stopping.CancelAsync();
        await Task.WhenAll(reading.Select(static task => Assert.ThrowsAnyAsync<OperationCanceledException>(() => task)));

        Assert.Equal(Enumerable.Range(0, 40), values.Order());
    }

    [Fact]
    public async Task What_is_released_comes_again_and_what_is_accepted_or_rejected_does_not()
    {
        await using var client = await WrittenAsync("said", partitions: 1, records: 4);
        await using (var consumer = Join(client, "said"))
        {
            var records = await consumer.ReceiveAsync<NoKey, int>().TakeAsync(4);
            records[0].Accept();
            records[1].Release();
            records[2].Reject();
            Assert.Null((await consumer.CommitAsync().Soon())[new("said", 0)]);
            Assert.Throws<InvalidOperationException>(records[0].Release);

            var again = Assert.Single(await consumer.ReceiveAsync<NoKey, int>().TakeAsync(1));
            Assert.Equal((1, 2), (again.Value, again.DeliveryCount));
        }

        // Leaving gives back what was not acknowledged.
        await using var next = Join(client, "said");
        Assert.Equal([1, 3], (await next.ReceiveAsync<NoKey, int>().TakeAsync(2)).Select(static record => record.Value));
    }

    [Fact]
    public async Task In_implicit_mode_a_record_is_accepted_when_the_next_is_asked_for()
    {
        await using var client = await WrittenAsync("implicit", partitions: 1, records: 5);
        await using (var consumer = Join(client, "implicit", static options => options with { AcknowledgeMode = AcknowledgeMode.Implicit }))
        {
            Assert.Equal([0, 1, 2], (await consumer.ReceiveAsync<NoKey, int>().TakeAsync(3)).Select(static record => record.Value));
        }

        await using var next = Join(client, "implicit");
        Assert.Equal([2, 3, 4], (await next.ReceiveAsync<NoKey, int>().TakeAsync(3)).Select(static record => record.Value));
    }

    [Fact]
    public async Task A_lock_is_renewed()
    {
        await using var client = await WrittenAsync("renewed", partitions: 1, records: 1);
        await using var consumer = Join(client, "renewed");
        var record = Assert.Single(await consumer.ReceiveAsync<NoKey, int>().TakeAsync(1));

        await record.RenewAsync().Soon();
        record.Accept();

        Assert.Null((await consumer.CommitAsync().Soon())[new("renewed", 0)]);
    }

    [Fact]
    public async Task A_limit_on_records_is_held_to()
    {
        await using var client = await WrittenAsync("limited", partitions: 1, records: 10);
        await using var consumer = Join(client, "limited", static options => options with { AcquireMode = ShareAcquireMode.RecordLimit, MaxRecords = 4 });
        var first = await consumer.ReceiveAsync<NoKey, int>().TakeAsync(4);
        await using var other = Join(client, "limited");

        Assert.Equal([0, 1, 2, 3], first.Select(static record => record.Value));
        Assert.Equal([4, 5, 6, 7, 8, 9], (await other.ReceiveAsync<NoKey, int>().TakeAsync(6)).Select(static record => record.Value));
    }

    [Fact]
    public async Task Share_groups_are_listed_described_and_moved()
    {
        await using var client = await WrittenAsync("looked-after", partitions: 1, records: 3);
        await using (var consumer = Join(client, "looked-after"))
        {
            await consumer.ReceiveAsync<NoKey, int>().TakeAsync(1);
            var described = (await client.Admin.Groups.DescribeAsync(["looked-after"]).Soon())["looked-after"].Value;
            Assert.Equal((GroupType.Share, "looked-after"), (described.Type, Assert.Single(Assert.Single(described.Members).Topics)));
        }

        Assert.Contains((await client.Admin.Groups.ListAsync().Soon()).Items, static group => group is { GroupId: "looked-after", Type: GroupType.Share });
        var altered = await client.Admin.Groups.AlterShareOffsetsAsync("looked-after", new Dictionary<TopicPartition, long> { [new("looked-after", 0)] = 2 }).Soon();
        Assert.True(altered[new("looked-after", 0)].IsSuccess, $"{altered[new("looked-after", 0)].Error}");
        var offsets = (await client.Admin.Groups.ListShareOffsetsAsync(["looked-after"]).Soon())["looked-after"].Value;
        Assert.Equal(2, offsets[new("looked-after", 0)].Value!.StartOffset);
        await using (var consumer = Join(client, "looked-after"))
        {
            Assert.Equal(2, Assert.Single(await consumer.ReceiveAsync<NoKey, int>().TakeAsync(1)).Value);
        }

        Assert.True((await client.Admin.Groups.DeleteShareOffsetsAsync("looked-after", ["looked-after"]).Soon())["looked-after"].IsSuccess);
    }

    private static ShareConsumer Join(KafkaClient client, string name, Func<ShareConsumerOptions, ShareConsumerOptions>? change = null)
    {
        var options = new ShareConsumerOptions { GroupId = name, AcknowledgeMode = AcknowledgeMode.Explicit, MaxWait = TimeSpan.FromMilliseconds(50) };
        var consumer = client.CreateShareConsumer(change?.Invoke(options) ?? options);
        consumer.Subscribe(name);
        return consumer;
    }

    /// <summary>A topic with numbers in it, which a share group of the same name reads from its beginning.</summary>
    private async Task<KafkaClient> WrittenAsync(string name, int partitions, int records)
    {
        var client = new KafkaClient(bootstrapServers);
        var created = await client.Admin.Topics.CreateAsync([new(name) { Partitions = partitions }]).Soon();
        Assert.True(created[name].IsSuccess, created[name].Error?.Message);
        var group = ConfigResource.Group(name);
        var altered = await client.Admin.Configs.AlterAsync(new Dictionary<ConfigResource, IReadOnlyCollection<ConfigChange>> { [group] = [ConfigChange.Set("share.auto.offset.reset", "earliest")] }).Soon();
        Assert.True(altered[group].IsSuccess, altered[group].Error?.Message);
        for (var number = 0; number < records; number++)
        {
            await client.Producer.ProduceAsync(new ProducerRecord<NoKey, int>(name, default, number) { Partition = number % partitions }).Soon();
        }

        return client;
    }
}
