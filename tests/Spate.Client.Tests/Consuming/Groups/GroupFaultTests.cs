using Spate.Client.Consuming;
using Spate.Client.Tests.Fakes;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>Groups whose broker goes away, and whose connections are cut.</summary>
public sealed class GroupFaultTests(ITestOutputHelper output)
{
    private const int Partitions = 3;

    [Theory]
    [InlineData(GroupProtocol.Classic, 1)]
    [InlineData(GroupProtocol.Classic, 2)]
    [InlineData(GroupProtocol.Consumer, 3)]
    public async Task A_broker_killed_and_started_again_under_load_loses_no_record_and_commits_none_before_it_is_finished(GroupProtocol protocol, int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var fixture = await GroupFixture.StartAsync(Partitions);
        await fixture.ProduceAsync(Partitions, Partitions);
        var finished = new long[Partitions];
        var options = GroupFixture.Options with
        {
            GroupProtocol = protocol,
            AutoCommitInterval = TimeSpan.FromMilliseconds(10),
            Assignors = [seed % 2 == 0 ? PartitionAssignors.CooperativeSticky : PartitionAssignors.Range],
        };
        await using var first = new GroupReader(fixture.Client, options, work: Work);
        await using var second = new GroupReader(fixture.Client, options, work: Work);
        var produced = Partitions;
        for (var round = 0; round < 3; round++)
        {
            for (var count = random.Next(50, 150); count > 0; count--)
            {
                await fixture.ProduceAsync(1, Partitions);
                produced++;
            }

            await fixture.Broker.KillAsync().OrTimeout("the kill");
            await fixture.Broker.RestartAsync().OrTimeout("the restart");
            for (var partition = 0; partition < Partitions; partition++)
            {
                // What is committed is looked at before what is finished: the latter only grows.
                var committed = await fixture.CommittedAsync(partition) ?? 0;
                Assert.True(committed <= Volatile.Read(ref finished[partition]), $"partition {partition}: {committed} committed, {finished[partition]} finished");
            }
        }

        await Waiting.Until(
            () => first.Values.Union(second.Values).Count() == produced || first.Reading.IsFaulted || second.Reading.IsFaulted,
            () => $"{produced} records; there are {first.Values.Union(second.Values).Count()}");

        Assert.Equal(produced, first.Values.Union(second.Values).Count());
        output.WriteLine($"{first.Values.Count + second.Values.Count - produced} of {produced} were handed out more than once");

        async Task Work(ConsumerRecord<string, string> record)
        {
            await Task.Yield();
            var place = record.Partition.Partition;
            for (var seen = Volatile.Read(ref finished[place]); seen < record.Offset + 1; seen = Volatile.Read(ref finished[place]))
            {
                Interlocked.CompareExchange(ref finished[place], record.Offset + 1, seen);
            }
        }
    }

    [Theory]
    [InlineData(GroupProtocol.Classic)]
    [InlineData(GroupProtocol.Consumer)]
    public async Task Connections_cut_at_random_bytes_leave_no_record_out(GroupProtocol protocol)
    {
        const int seed = 5;
        output.WriteLine($"seed {seed}");
        await using var fixture = await GroupFixture.StartAsync(Partitions);
        await fixture.ProduceAsync(600, Partitions);
        await using var cut = new KafkaClient(new KafkaClientOptions
        {
            BootstrapServers = fixture.Broker.BootstrapServers,
            Seed = seed,
            ReconnectBackoff = TimeSpan.FromMilliseconds(1),
            RetryBackoff = TimeSpan.FromMilliseconds(1),
            Security = new CuttingSecurity(new Random(seed), 1_000, 9_000),
        });
        var options = GroupFixture.Options with { GroupProtocol = protocol, PartitionFetchBytes = 500, AutoCommitInterval = TimeSpan.FromMilliseconds(5) };
        await using var first = new GroupReader(cut, options);
        await using var second = new GroupReader(cut, options);

        await Waiting.Until(() => first.Values.Union(second.Values).Count() == 600 || first.Reading.IsFaulted || second.Reading.IsFaulted, () => $"600 records; there are {first.Values.Union(second.Values).Count()}");

        Assert.Equal(600, first.Values.Union(second.Values).Count());
    }
}
