using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>Consumers that share a topic.</summary>
public sealed class GroupTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private const int Partitions = 4;

    private BrokerProcess Broker => shared.Broker;

    [Fact]
    public async Task One_member_reads_all_partitions()
    {
        await CreateAsync(Broker, "one-member");
        await WriteAsync(Broker, "one-member", first: 0, perPartition: 250);

        var records = await Kcat.ReadAsGroupAsync(Broker, "one-member", "one-member", 1000);

        AssertWhole(records.Select(record => (record.Partition, record.Offset, record.Text)), first: 0, perPartition: 250);
    }

    [Fact]
    public async Task A_group_goes_on_where_it_stopped()
    {
        await Kcat.WriteLinesAsync(Broker, "goes-on", Numbers(0, 100));

        Assert.Equal(Numbers(0, 40), Texts(await Kcat.ReadAsGroupAsync(Broker, "goes-on", "goes-on", 40)));
        Assert.Equal(Numbers(40, 30), Texts(await Kcat.ReadAsGroupAsync(Broker, "goes-on", "goes-on", 30)));
        Assert.Equal(Numbers(0, 10), Texts(await Kcat.ReadAsGroupAsync(Broker, "another group", "goes-on", 10)));
        Assert.Equal(Numbers(70, 30), Texts(await Kcat.ReadAsGroupAsync(Broker, "goes-on", "goes-on", 30)));
    }

    [Fact]
    public async Task Two_members_share_all_partitions_and_the_one_that_stays_takes_over_from_the_one_that_leaves()
    {
        await CreateAsync(Broker, "two-members");
        await using var staying = Kcat.Join(Broker, "two-members", "two-members");
        await staying.WaitForAssignmentAsync(Partitions);
        await using var leaving = Kcat.Join(Broker, "two-members", "two-members");
        await Task.WhenAll(staying.WaitForAssignmentAsync(Partitions / 2), leaving.WaitForAssignmentAsync(Partitions / 2));

        await WriteAsync(Broker, "two-members", first: 0, perPartition: 100);
        await Task.WhenAll(staying.WaitForRecordsAsync(200), leaving.WaitForRecordsAsync(200));
        AssertWhole([.. staying.Records, .. leaving.Records], first: 0, perPartition: 100);
        Assert.Empty(staying.Records.Select(record => record.Partition).Intersect(leaving.Records.Select(record => record.Partition)));

        await leaving.LeaveAsync();
        await staying.WaitForAssignmentAsync(Partitions);
        await WriteAsync(Broker, "two-members", first: 100, perPartition: 100);
        await staying.WaitForRecordsAsync(200 + 400);
        Assert.Equal(200, leaving.Records.Count);
        AssertWhole([.. staying.Records, .. leaving.Records], first: 0, perPartition: 200);
    }

    [Fact]
    public async Task A_member_takes_over_from_one_that_was_killed()
    {
        await CreateAsync(Broker, "killed-member");
        await using var staying = Kcat.Join(Broker, "killed-member", "killed-member");
        await staying.WaitForAssignmentAsync(Partitions);
        await using var killed = Kcat.Join(Broker, "killed-member", "killed-member");
        await Task.WhenAll(staying.WaitForAssignmentAsync(Partitions / 2), killed.WaitForAssignmentAsync(Partitions / 2));

        await killed.KillAsync();
        await WriteAsync(Broker, "killed-member", first: 0, perPartition: 100);

        await staying.WaitForRecordsAsync(400);
        AssertWhole(staying.Records, first: 0, perPartition: 100);
    }

    [Fact]
    public async Task A_group_goes_on_where_it_stopped_after_the_broker_was_killed()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await Kcat.WriteLinesAsync(broker, "goes-on", Numbers(0, 100));
        Assert.Equal(Numbers(0, 40), Texts(await Kcat.ReadAsGroupAsync(broker, "goes-on", "goes-on", 40)));

        await broker.CrashAndRestartAsync();
        Assert.Equal(Numbers(40, 40), Texts(await Kcat.ReadAsGroupAsync(broker, "goes-on", "goes-on", 40)));

        Assert.Equal(0, await broker.StopAsync());
        await broker.RestartAsync();
        Assert.Equal(Numbers(80, 20), Texts(await Kcat.ReadAsGroupAsync(broker, "goes-on", "goes-on", 20)));
    }

    [Fact]
    public async Task A_member_outlives_the_crash_of_the_broker()
    {
        await using var broker = await BrokerProcess.StartAsync();
        await CreateAsync(broker, "outlives");
        await using var member = Kcat.Join(broker, "outlives", "outlives");
        await member.WaitForAssignmentAsync(Partitions);
        await WriteAsync(broker, "outlives", first: 0, perPartition: 50);
        await member.WaitForRecordsAsync(200);

        await broker.CrashAndRestartAsync(samePort: true);
        await WriteAsync(broker, "outlives", first: 50, perPartition: 50);

        await member.WaitForRecordsAsync(400);
        AssertWhole(member.Records.Distinct(), first: 0, perPartition: 100);
    }

    private static async Task CreateAsync(BrokerProcess broker, string topic)
    {
        using var client = await WireClient.ConnectAsync(broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync(topic, Partitions));
    }

    /// <summary>Writes as many records into each partition; a record's value is its partition and its offset.</summary>
    private static async Task WriteAsync(BrokerProcess broker, string topic, int first, int perPartition)
    {
        using var client = await WireClient.ConnectAsync(broker);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var values = Enumerable.Range(first, perPartition).Select(offset => $"{partition}:{offset}").ToArray();
            Assert.Equal((WireError.None, (long)first), await client.ProduceAsync(topic, partition, Batches.Of(values)));
        }
    }

    /// <summary>Holds that every record of every partition is there once, and each partition's in their order.</summary>
    private static void AssertWhole(IEnumerable<(int Partition, long Offset, string Value)> records, int first, int perPartition)
    {
        var byPartition = records.ToLookup(record => record.Partition);
        Assert.Equal(Enumerable.Range(0, Partitions), byPartition.Select(group => group.Key).Order());
        for (var partition = 0; partition < Partitions; partition++)
        {
            Assert.Equal(
                Enumerable.Range(first, perPartition).Select(offset => (partition, (long)offset, $"{partition}:{offset}")),
                byPartition[partition].OrderBy(record => record.Offset));
        }
    }

    private static IEnumerable<string> Numbers(int first, int count) =>
        Enumerable.Range(first, count).Select(number => number.ToString(CultureInfo.InvariantCulture));

    private static IEnumerable<string> Texts(IEnumerable<KcatRecord> records) => records.Select(record => record.Text);
}
