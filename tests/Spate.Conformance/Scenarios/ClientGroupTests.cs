using Spate.Client;
using Spate.Client.Administration;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>Groups of the clients that can say what they were assigned; kcat's are in <see cref="GroupTests"/>.</summary>
public sealed class ClientGroupTests(GroupBroker shared, SharedClients clients) : IClassFixture<GroupBroker>, IClassFixture<SharedClients>
{
    private const int Partitions = 6;
    private const int PerRound = 20;

    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string, GroupManner> GroupClients()
    {
        var data = new TheoryData<string, GroupManner>();
        foreach (var client in ForeignClients.All.Where(client => client.Can(Ability.Groups)))
        {
            data.Add(client.Name, GroupManner.Eager);
            if (client.Can(Ability.Cooperative))
            {
                data.Add(client.Name, GroupManner.Cooperative);
            }

            if (client.Can(Ability.ConsumerProtocol))
            {
                data.Add(client.Name, GroupManner.ConsumerProtocol);
            }
        }

        return data;
    }

    /// <summary>Each client that can go from the classic protocol to the other, with one that speaks the other.</summary>
    public static TheoryData<string, GroupManner, string> MixedClients()
    {
        var data = new TheoryData<string, GroupManner, string>();
        foreach (var newer in ForeignClients.All.Where(client => client.Can(Ability.ConsumerProtocol)))
        {
            foreach (var classic in GroupClients().Where(row => !row[1].Equals(GroupManner.ConsumerProtocol) && ForeignClients.Named((string)row[0]).Can(Ability.OutlivesItsProtocol)))
            {
                data.Add((string)classic[0], (GroupManner)classic[1], newer.Name);
            }
        }

        return data;
    }

    public static TheoryData<string> StaticClients() => ForeignClients.With(Ability.StaticMembers);

    [Theory]
    [MemberData(nameof(GroupClients))]
    public async Task A_group_that_grows_and_shrinks_reads_every_record_once_and_goes_on_where_it_stopped(string name, GroupManner manner)
    {
        var topic = $"grows.{name}.{manner}";
        await CreateAsync(topic);
        var options = new JoinOptions($"group-of-{topic}", topic) { Manner = manner, SessionTimeout = GroupBroker.SessionTimeoutMin };
        await using var victim = ForeignClients.Named(name).Start();
        var everybody = new List<IGroupMember>();
        var present = new List<IGroupMember>();
        var written = 0;

        async Task JoinAsync(IForeignClient client)
        {
            everybody.Add(await client.JoinAsync(Broker, options));
            present.Add(everybody[^1]);
            await RoundAsync();
        }

        // Whatever the members have read is committed before the next of them comes or goes, so nothing may come twice.
        async Task RoundAsync()
        {
            await GroupWatch.UntilSharedAsync(present, Partitions);
            await WriteAsync(topic, written++ * PerRound, PerRound);
            await GroupWatch.UntilReadAsync(everybody, written * Partitions * PerRound).OrAccountAsync(Broker, options.Group, topic, everybody);
            await Task.WhenAll(present.Select(member => member.CommitAsync()));
        }

        await JoinAsync(clients[name]);
        await JoinAsync(clients[name]);
        await JoinAsync(victim);
        await JoinAsync(clients[name]);
        await victim.KillAsync();
        present.RemoveAt(2);
        await RoundAsync();
        foreach (var leaving in present[..2])
        {
            await leaving.LeaveAsync();
            present.Remove(leaving);
            await RoundAsync();
        }

        await present[0].LeaveAsync();
        await WriteAsync(topic, written++ * PerRound, PerRound);
        everybody.Add(await clients[name].JoinAsync(Broker, options));
        await GroupWatch.UntilReadAsync([everybody[^1]], Partitions * PerRound);
        await everybody[^1].LeaveAsync();

        AssertWhole(name, topic, [.. everybody.SelectMany(member => member.Records)], written * PerRound);
    }

    [Theory]
    [MemberData(nameof(MixedClients))]
    public async Task A_group_changes_its_protocol_and_back_with_members_of_both_kinds_in_it(string classic, GroupManner manner, string newer)
    {
        var topic = $"changes.{classic}.{manner}.{newer}";
        await CreateAsync(topic);
        var old = new JoinOptions($"group-of-{topic}", topic) { Manner = manner, SessionTimeout = 10_000 };
        await using var broker = new KafkaClient(Broker.Address);
        var everybody = new List<IGroupMember>();
        var present = new List<IGroupMember>();
        var written = 0;

        async Task JoinAsync(string name, JoinOptions options)
        {
            everybody.Add(await clients[name].JoinAsync(Broker, options));
            present.Add(everybody[^1]);
        }

        async Task LeaveAsync(IGroupMember member)
        {
            present.Remove(member);
            await member.LeaveAsync();
        }

        // A classic member may still be on its way to the epoch in which the group has settled, and is refused until it is there.
        static async Task CommitAsync(IGroupMember member)
        {
            for (var tries = 1; ; tries++)
            {
                try
                {
                    await member.CommitAsync();
                    return;
                }
                catch (ClientFailedException refused) when (tries < 50 && refused.Message.Contains("generation", StringComparison.OrdinalIgnoreCase))
                {
                    // Its next attempt comes after at least one more question and answer.
                }
            }
        }

        async Task RoundAsync(GroupType type)
        {
            await GroupWatch.UntilSharedAsync(present, Partitions);
            await WriteAsync(topic, written++ * PerRound, PerRound);
            await GroupWatch.UntilReadAsync(everybody, written * Partitions * PerRound).OrAccountAsync(Broker, old.Group, topic, everybody);
            await Task.WhenAll(present.Select(CommitAsync));
            Assert.Equal(type, (await broker.Admin.Groups.ListAsync()).Items.Single(group => group.GroupId == old.Group).Type);
        }

        await JoinAsync(classic, old);
        await RoundAsync(GroupType.Classic);
        await JoinAsync(newer, old with { Manner = GroupManner.ConsumerProtocol });
        await RoundAsync(GroupType.Consumer);
        await JoinAsync(classic, old);
        await RoundAsync(GroupType.Consumer);
        await LeaveAsync(everybody[0]);
        await RoundAsync(GroupType.Consumer);
        await LeaveAsync(everybody[1]);
        await RoundAsync(GroupType.Classic);
        await LeaveAsync(everybody[2]);

        // The offsets are those of the whole life of the group: whoever comes next has nothing to read again.
        await WriteAsync(topic, written++ * PerRound, PerRound);
        await JoinAsync(newer, old with { Manner = GroupManner.ConsumerProtocol });
        await GroupWatch.UntilReadAsync([everybody[^1]], Partitions * PerRound);
        Assert.All(everybody[^1].Records, record => Assert.True(record.Offset >= (written - 1) * PerRound, $"{record.Partition}:{record.Offset} was read again."));
        await LeaveAsync(everybody[^1]);

        AssertWhole(newer, topic, [.. everybody.SelectMany(member => member.Records)], written * PerRound);
    }

    [Theory]
    [MemberData(nameof(StaticClients))]
    public async Task A_static_member_finds_its_partitions_again_and_no_other_member_notices(string name)
    {
        var topic = $"static.{name}";
        await CreateAsync(topic);
        JoinOptions Named(string instance) => new($"group-of-{topic}", topic) { Instance = instance, SessionTimeout = 60_000 };
        await using var restarting = ForeignClients.Named(name).Start();
        var staying = await clients[name].JoinAsync(Broker, Named("staying"));
        await GroupWatch.UntilSharedAsync([staying], Partitions);
        var killed = await restarting.JoinAsync(Broker, Named("restarting"));
        await GroupWatch.UntilSharedAsync([staying, killed], Partitions);
        await WriteAsync(topic, 0, PerRound);
        await GroupWatch.UntilReadAsync([staying, killed], Partitions * PerRound);
        await killed.CommitAsync();
        var assignments = staying.Assignments;

        await restarting.KillAsync();
        await WriteAsync(topic, PerRound, PerRound);
        await using var restarted = ForeignClients.Named(name).Start();
        var back = await restarted.JoinAsync(Broker, Named("restarting"));
        await GroupWatch.UntilReadAsync([back], Partitions / 2 * PerRound);
        await GroupWatch.UntilReadAsync([staying], Partitions * PerRound);

        Assert.Equal(killed.Assigned, back.Assigned);
        Assert.Equal(assignments, staying.Assignments);
        AssertWhole(name, topic, [.. staying.Records, .. killed.Records, .. back.Records], 2 * PerRound);
        await staying.LeaveAsync();
    }

    private async Task CreateAsync(string topic)
    {
        using var client = await WireClient.ConnectAsync(Broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync(topic, Partitions));
    }

    /// <summary>Writes as many records into each partition; a record's value is its partition and its offset.</summary>
    private async Task WriteAsync(string topic, int first, int perPartition)
    {
        using var client = await WireClient.ConnectAsync(Broker);
        for (var partition = 0; partition < Partitions; partition++)
        {
            var values = Enumerable.Range(first, perPartition).Select(offset => $"{partition}:{offset}").ToArray();
            Assert.Equal((WireError.None, (long)first), await client.ProduceAsync(topic, partition, Batches.Of(values)));
        }
    }

    /// <summary>Holds that every record of every partition was read once, by whichever member.</summary>
    private static void AssertWhole(string client, string topic, IReadOnlyList<ClientRecord> records, int perPartition)
    {
        var read = records.Select(record => (record.Topic, record.Partition, record.Offset, record.Value!)).Order();
        Assert.Equal(
            Enumerable.Range(0, Partitions).SelectMany(partition => Enumerable.Range(0, perPartition).Select(offset => (topic, partition, (long)offset, $"{partition}:{offset}"))),
            ForeignClients.Named(client).Can(Ability.RepeatsAfterRebalance) ? read.Distinct() : read);
    }
}
