using System.Globalization;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;

namespace Spate.Conformance.Scenarios;

/// <summary>Partitions, records, groups and log directories, as the clients' administrators change and see them.</summary>
public sealed class ClientAdministrationTests(SharedBroker shared, SharedClients clients) : IClassFixture<SharedBroker>, IClassFixture<SharedClients>
{
    private BrokerProcess Broker => shared.Broker;

    public static TheoryData<string> ClientsThatCreatePartitions() => ForeignClients.With(Ability.CreatesPartitions);

    public static TheoryData<string> ClientsThatDeleteRecords() => ForeignClients.With(Ability.DeletesRecords);

    public static TheoryData<string> ClientsThatDescribeGroups() => ForeignClients.With(Ability.DescribesGroups);

    public static TheoryData<string> ClientsThatKnowLogDirectories() => ForeignClients.With(Ability.LogDirectories);

    [Theory]
    [MemberData(nameof(ClientsThatCreatePartitions))]
    public async Task Partitions_are_added_and_can_be_written_to_at_once(string name)
    {
        var topic = $"more-partitions.{name}";
        await CreateAsync(name, topic, 2);

        await clients[name].AskAsync(Broker, "createPartitions", new { topic, total = 5 });

        var described = await clients[name].AskAsync(Broker, "describeTopics", new { topics = new[] { topic } });
        Assert.Equal(5, described.GetProperty(topic).GetInt32());
        var written = Enumerable.Range(0, 5).Select(partition => new ClientRecord("key", $"{partition}") { Topic = topic, Partition = partition, Offset = 0, Timestamp = 1 }).ToList();
        await using var another = ForeignClients.Named(name).Start();
        await another.WriteAsync(Broker, written);
        Assert.Equal(written, (await another.ReadAsync(Broker, [topic], ReadFrom.Beginning)).OrderBy(record => record.Partition));
        var refused = await Assert.ThrowsAsync<ClientFailedException>(() => clients[name].AskAsync(Broker, "createPartitions", new { topic, total = 3 }));
        Assert.Matches("(?i)invalid.?partitions|number of partitions is invalid|below 1|partition", refused.Error);
    }

    [Theory]
    [MemberData(nameof(ClientsThatDeleteRecords))]
    public async Task Deleted_records_are_gone_and_the_others_stay(string name)
    {
        var topic = $"deleted-records.{name}";
        await CreateAsync(name, topic, 1);
        var written = Enumerable.Range(0, 100).Select(number => new ClientRecord(null, $"{number}") { Topic = topic, Partition = 0, Offset = number, Timestamp = 1 }).ToList();
        await clients[name].WriteAsync(Broker, written);

        await clients[name].AskAsync(Broker, "deleteRecords", new { topic, offsets = new[] { new[] { 0, 60 } } });

        Assert.Equal(written[60..], await clients[name].ReadAsync(Broker, [topic], ReadFrom.Beginning));
        await Assert.ThrowsAsync<ClientFailedException>(() => clients[name].AskAsync(Broker, "deleteRecords", new { topic, offsets = new[] { new[] { 0, 101 } } }));
    }

    [Theory]
    [MemberData(nameof(ClientsThatDescribeGroups))]
    public async Task Groups_are_listed_described_and_deleted(string name)
    {
        var topic = $"groups.{name}";
        var group = $"group-of-{topic}";
        await CreateAsync(name, topic, 2);
        await clients[name].WriteAsync(Broker, [.. Enumerable.Range(0, 10).Select(number => new ClientRecord(null, $"{number}") { Topic = topic, Partition = number % 2 })]);
        var member = await clients[name].JoinAsync(Broker, new JoinOptions(group, topic));
        await GroupWatch.UntilReadAsync([member], 10);
        await member.CommitAsync();

        Assert.Contains(group, (await clients[name].AskAsync(Broker, "listGroups")).EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(("stable", 1), await DescribeGroupAsync(name, group));
        await member.LeaveAsync();
        Assert.Equal(("empty", 0), await DescribeGroupAsync(name, group));
        Assert.Equal(new[] { 5, 5 }, await OffsetsAsync(name, group, topic));

        if (ForeignClients.Named(name).Can(Ability.DeletesGroups))
        {
            await clients[name].AskAsync(Broker, "deleteGroups", new { groups = new[] { group } });
            Assert.DoesNotContain(group, (await clients[name].AskAsync(Broker, "listGroups")).EnumerateArray().Select(one => one.GetString()));
            Assert.Equal(new[] { -1, -1 }, await OffsetsAsync(name, group, topic));
        }
    }

    [Theory]
    [MemberData(nameof(ClientsThatKnowLogDirectories))]
    public async Task The_directories_of_the_logs_are_described_with_the_size_of_each_partition(string name)
    {
        var topic = $"directories.{name}";
        await CreateAsync(name, topic, 2);
        await clients[name].WriteAsync(Broker, [new ClientRecord(null, new string('x', 1000)) { Topic = topic, Partition = 1 }]);

        var described = await clients[name].AskAsync(Broker, "logDirs", new { topic, partitions = new[] { 0, 1 } });

        var directory = Assert.Single(described.EnumerateObject());
        Assert.Equal(Broker.DataDirectory, directory.Name);
        Assert.Equal(0, directory.Value.GetProperty($"{topic}:0").GetInt64());
        Assert.InRange(directory.Value.GetProperty($"{topic}:1").GetInt64(), 1000, 1200);
    }

    private Task CreateAsync(string name, string topic, int partitions) =>
        clients[name].AskAsync(Broker, "createTopics", new { topics = new[] { new { name = topic, partitions, configs = new { } } } });

    private async Task<(string State, int Members)> DescribeGroupAsync(string name, string group)
    {
        var described = (await clients[name].AskAsync(Broker, "describeGroups", new { groups = new[] { group } })).GetProperty(group);
        return (described.GetProperty("state").GetString()!.ToLower(CultureInfo.InvariantCulture), described.GetProperty("members").GetInt32());
    }

    private async Task<IReadOnlyList<int>> OffsetsAsync(string name, string group, string topic)
    {
        var answer = await clients[name].AskAsync(Broker, "groupOffsets", new { group, topic, partitions = new[] { 0, 1 } });
        return [.. answer.EnumerateArray().Select(offset => offset.GetInt32())];
    }
}
