using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Partitions are added and elections asked for through the whole broker.</summary>
public sealed class PartitionAdministrationTests
{
    public static TheoryData<short> CreatePartitionsVersions => Versions.From(CreatePartitionsRequest.LowestVersion, CreatePartitionsRequest.HighestVersion);

    public static TheoryData<short> ElectLeadersVersions => Versions.From(ElectLeadersRequest.LowestVersion, ElectLeadersRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(CreatePartitionsVersions))]
    public async Task CreatePartitions_opens_the_new_ones_and_leaves_the_others(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 1, ("max.message.bytes", "3000"));
        await broker.ProduceAsync("t", 0, "a");

        var reply = await broker.AskAsync(Request("t", 3), version);

        Assert.Equal([("t", ErrorCode.None, null)], reply.Results.Select(result => (result.Name, result.ErrorCode, result.ErrorMessage)));
        Assert.Equal(0, await broker.ProduceAsync("t", 2, "b"));
        Assert.Equal(["a"], await broker.ReadAsync("t", 0));
        var tooLarge = await broker.AskAsync(Ask.Produce("t", 1, Batches.Of(new string('x', 4000))), 9);
        Assert.Equal(ErrorCode.MessageTooLarge, tooLarge.Responses[0].PartitionResponses[0].ErrorCode);
        var told = (await broker.AskAsync(new MetadataRequest { Topics = null }, 12)).Topics[0];
        Assert.Equal((id, 3), (told.TopicId, told.Partitions.Count));
        Assert.All(told.Partitions, partition => Assert.Equal((ErrorCode.None, 1), (partition.ErrorCode, partition.LeaderId)));
    }

    [Theory]
    [MemberData(nameof(CreatePartitionsVersions))]
    public async Task CreatePartitions_that_is_refused_says_so_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);

        var result = (await broker.AskAsync(Request("t", 1), version)).Results[0];

        Assert.Equal((ErrorCode.InvalidPartitions, true), (result.ErrorCode, result.ErrorMessage!.Contains("2 partitions", StringComparison.Ordinal)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.AskAsync(Ask.Fetch("t", 2, 0), 12)).Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Partitions_that_were_added_are_there_after_a_stop_and_after_a_crash(bool isClean)
    {
        var files = new MemoryFileSystem();
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            await broker.CreateTopicAsync("t");
            await broker.AskAsync(Request("t", 2), 3);
            await broker.ProduceAsync("t", 1, "a");
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(files);
        Assert.Equal(["a"], await again.ReadAsync("t", 1));
        Assert.Empty(again.Log.Complaints);
    }

    [Fact]
    public async Task Validate_only_adds_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var request = Request("t", 2);
        request.ValidateOnly = true;

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(request, 3)).Results[0].ErrorCode);
        Assert.Single((await broker.AskAsync(new MetadataRequest { Topics = null }, 12)).Topics[0].Partitions);
    }

    [Theory]
    [MemberData(nameof(ElectLeadersVersions))]
    public async Task ElectLeaders_says_that_this_node_leads_already(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 2);

        var reply = await broker.AskAsync(Election("t", 0, 1, 2), version);

        Assert.Equal(ErrorCode.None, reply.ErrorCode);
        var results = Assert.Single(reply.ReplicaElectionResults);
        Assert.Equal("t", results.Topic);
        Assert.Equal(
            [(0, ErrorCode.ElectionNotNeeded), (1, ErrorCode.ElectionNotNeeded), (2, ErrorCode.UnknownTopicOrPartition)],
            results.PartitionResult.Select(result => (result.PartitionId, result.ErrorCode)));
        Assert.Empty((await broker.AskAsync(new ElectLeadersRequest { TopicPartitions = null }, version)).ReplicaElectionResults);
    }

    [Theory]
    [InlineData(0, ErrorCode.PreferredLeaderNotAvailable)]
    [InlineData(1, ErrorCode.EligibleLeadersNotAvailable)]
    public async Task ElectLeaders_finds_nobody_for_a_partition_whose_directory_is_offline(sbyte type, ErrorCode error)
    {
        var disk = new BrokenDisk();
        var (first, second) = (Path.GetFullPath("/first"), Path.GetFullPath("/second"));
        await using var broker = await TestBroker.StartOnAsync(disk, $"log.dirs={first},{second}");
        await broker.CreateTopicAsync("t", 2);
        var lost = disk.DirectoryExists(Path.Combine(second, "t-0")) ? 0 : 1;
        disk.Break(second);
        await broker.AskAsync(Ask.Produce("t", lost, Batches.Of("a")), 9);

        var named = Election("t", lost);
        named.ElectionType = type;
        var all = new ElectLeadersRequest { ElectionType = type, TopicPartitions = null };

        foreach (var request in (ElectLeadersRequest[])[named, all])
        {
            var result = Assert.Single(Assert.Single((await broker.AskAsync(request, 2)).ReplicaElectionResults).PartitionResult);
            Assert.Equal((lost, error), (result.PartitionId, result.ErrorCode));
        }
    }

    [Fact]
    public async Task ElectLeaders_of_an_unknown_kind_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        var request = Election("t", 0);
        request.ElectionType = 7;

        Assert.Equal(ErrorCode.InvalidRequest, (await broker.AskAsync(request, 2)).ErrorCode);
    }

    private static CreatePartitionsRequest Request(string topic, int count) => new()
    {
        Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = topic, Count = count, Assignments = null }],
        TimeoutMs = 5000,
    };

    private static ElectLeadersRequest Election(string topic, params int[] partitions) => new()
    {
        TopicPartitions = [new ElectLeadersRequest.ElectionTopic { Topic = topic, Partitions = [.. partitions] }],
    };
}
