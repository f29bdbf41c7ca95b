using Spate.Broker.Hosting;
using Spate.Broker.Tests.Groups;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Directories;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A disk that fails takes its own partitions with it; all others are served, and nothing is lost that the disk still has.</summary>
public sealed class DiskFailureTests
{
    private static readonly string First = Path.GetFullPath("/first");
    private static readonly string Second = Path.GetFullPath("/second");
    private static readonly string Directories = $"log.dirs={First},{Second}";

    private readonly BrokenDisk _disk = new();

    [Fact]
    public async Task Partitions_of_a_broken_directory_are_refused_and_the_others_served()
    {
        await using var broker = await FilledAsync();
        var (lost, kept) = (On(Second), On(First));
        _disk.Break(Second);

        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(broker, lost[0]));
        foreach (var partition in lost)
        {
            Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(broker, partition));
            Assert.Equal(ErrorCode.KafkaStorageError, (await broker.AskAsync(Ask.Fetch("t", partition, 0, 1000, 1), 12)).Responses[0].Partitions[0].ErrorCode);
            Assert.Equal(ErrorCode.KafkaStorageError, (await broker.AskAsync(Ask.ListOffsets("t", partition, -1), 8)).Topics[0].Partitions[0].ErrorCode);
        }

        foreach (var partition in kept)
        {
            Assert.Equal(ErrorCode.None, await ProduceAsync(broker, partition));
            Assert.Equal([$"v{partition}", "more"], await broker.ReadAsync("t", partition));
        }

        var told = (await broker.AskAsync(new MetadataRequest { Topics = null }, 9)).Topics[0].Partitions;
        Assert.All(told, partition => Assert.Equal(
            lost.Contains(partition.PartitionIndex) ? (ErrorCode.LeaderNotAvailable, -1, 1) : (ErrorCode.None, 1, 0),
            (partition.ErrorCode, partition.LeaderId, partition.OfflineReplicas.Count)));
    }

    [Theory]
    [InlineData("read")]
    [InlineData("timestamp")]
    public async Task Disk_that_fails_while_reading_is_told_to_the_client_and_not_by_closing_the_connection(string what)
    {
        await using var broker = await FilledAsync();
        var partition = On(Second)[0];
        var client = await broker.ConnectAsync();
        await client.AskAsync(Ask.ListOffsets("t", partition, -1), 8);
        _disk.Break(Second);

        var error = what == "read"
            ? (await client.AskAsync(Ask.Fetch("t", partition, 0), 2)).Responses[0].Partitions[0].ErrorCode
            : (await client.AskAsync(Ask.ListOffsets("t", partition, TestBroker.StartMs - 5), 8)).Topics[0].Partitions[0].ErrorCode;

        Assert.Equal(ErrorCode.KafkaStorageError, error);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(Ask.ListOffsets("t", On(First)[0], -1), 8)).Topics[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Disk_that_fails_while_a_reply_is_sent_is_offline_at_once()
    {
        await using var broker = await FilledAsync();
        var partition = On(Second)[0];
        await ProduceAsync(broker, partition);
        var client = await broker.ConnectAsync();
        await client.AskAsync(Ask.ListOffsets("t", partition, -1), 8);
        _disk.Fails = static (path, writes) => !writes && path.StartsWith(Second, StringComparison.Ordinal) && path.EndsWith(".log", StringComparison.Ordinal);

        // Where the last records lie is remembered, so that nothing is read before the reply is on its way.
        await client.SendAsync(Ask.Fetch("t", partition, 1), 12);

        Assert.Null(await client.ReceiveFrameAsync());
        Assert.Equal(ErrorCode.KafkaStorageError, broker.Partitions.Find("t", partition, out _));
        Assert.All(On(Second), lost => Assert.True(broker.Partitions.IsOffline("t", lost)));
        Assert.All(On(First), kept => Assert.False(broker.Partitions.IsOffline("t", kept)));
    }

    [Fact]
    public async Task Fetch_that_waits_is_told_when_its_disk_fails()
    {
        await using var broker = await FilledAsync();
        var lost = On(Second);
        var client = await broker.ConnectAsync();
        var correlationId = await client.SendAsync(Ask.Fetch("t", lost[0], 1, 3_600_000, 1), 12);
        await broker.WhenWatchedAsync("t", lost[0], 1);
        _disk.Break(Second);

        Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(broker, lost[1]));

        var answer = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 12, correlationId);
        Assert.Equal(ErrorCode.KafkaStorageError, answer.Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Broker_that_starts_without_a_directory_serves_the_others_and_finds_all_when_it_is_back()
    {
        await using (var broker = await FilledAsync())
        {
            await broker.StopAsync();
        }

        var (lost, kept) = (On(Second), On(First));
        _disk.Break(Second);
        await using (var broker = await TestBroker.StartOnAsync(_disk, Directories))
        {
            Assert.Equal([$"v{kept[0]}"], await broker.ReadAsync("t", kept[0]));
            Assert.Equal(ErrorCode.KafkaStorageError, await ProduceAsync(broker, lost[0]));
            await broker.StopAsync();
        }

        Assert.Equal(kept, On(First));
        _disk.Fails = static (_, _) => false;
        await using var again = await TestBroker.StartOnAsync(_disk, Directories);
        for (var partition = 0; partition < 4; partition++)
        {
            Assert.Equal([$"v{partition}"], await again.ReadAsync("t", partition));
        }
    }

    [Fact]
    public async Task Broker_whose_log_of_decisions_lies_in_a_directory_that_is_away_does_not_start()
    {
        await using (var broker = await FilledAsync())
        {
            await broker.StopAsync();
        }

        var before = _disk.ListDirectories(Second).Order().ToList();
        _disk.Break(First);

        var refusal = await Assert.ThrowsAsync<BrokerStartException>(async () => await TestBroker.StartOnAsync(_disk, Directories));

        Assert.Contains(First, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, _disk.ListDirectories(Second).Order());
    }

    [Fact]
    public async Task Decision_that_cannot_be_written_is_refused_and_what_lies_elsewhere_is_served()
    {
        await using var broker = await FilledAsync();
        var kept = On(Second);
        var client = await broker.ConnectAsync();
        await client.AskAsync(Ask.ListOffsets("t", kept[0], -1), 8);
        _disk.Break(First);

        Assert.Equal(ErrorCode.KafkaStorageError, (await client.AskAsync(Ask.CreateTopic("u"), 7)).Topics[0].ErrorCode);
        Assert.Equal(ErrorCode.KafkaStorageError, (await client.AskAsync(new DeleteTopicsRequest { TopicNames = ["t"] }, 5)).Responses[0].ErrorCode);
        var metadata = await client.AskAsync(new MetadataRequest { Topics = [new MetadataRequest.MetadataRequestTopic { Name = "v" }] }, 9);
        Assert.Equal(ErrorCode.KafkaStorageError, metadata.Topics[0].ErrorCode);
        Assert.Equal([$"v{kept[0]}"], await broker.ReadAsync("t", kept[0]));
    }

    [Fact]
    public async Task Coordinator_that_cannot_be_made_is_not_available()
    {
        await using var broker = await FilledAsync();
        var client = await broker.ConnectAsync();
        await client.AskAsync(new ApiVersionsRequest(), 0);
        _disk.Break(First);

        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await client.AskAsync(new FindCoordinatorRequest { Key = "g" }, 3)).ErrorCode);
        Assert.Equal(ErrorCode.None, (await client.AskAsync(new ApiVersionsRequest(), 0)).ErrorCode);
    }

    [Fact]
    public async Task Groups_on_a_broken_disk_are_refused_and_the_others_served()
    {
        await using var broker = await FilledAsync();
        var groups = Enumerable.Range(0, 12).Select(number => $"group-{number}").ToList();
        foreach (var group in groups)
        {
            using var member = await GroupMember.FindAsync(broker, group);
            Assert.Equal(ErrorCode.None, await CommitAsync(member, group));
        }

        using var client = await GroupMember.FindAsync(broker, groups[0]);
        _disk.Break(Second);
        var errors = new List<ErrorCode>();
        foreach (var group in groups)
        {
            errors.Add(await CommitAsync(client, group));
        }

        Assert.Contains(ErrorCode.None, errors);
        Assert.All(errors, error => Assert.True(error is ErrorCode.None or ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable, $"A group was told {error}."));
        Assert.Contains(errors, error => error != ErrorCode.None);
    }

    [Fact]
    public async Task Stop_marks_the_sound_directory_as_closed_cleanly_and_not_the_broken_one()
    {
        await using (var broker = await FilledAsync())
        {
            _disk.Break(Second);
            await ProduceAsync(broker, On(First)[0]);
            await broker.StopAsync();
        }

        _disk.Fails = static (_, _) => false;
        Assert.True(_disk.FileExists(Path.Combine(First, CleanShutdown.FileName)));
        Assert.False(_disk.FileExists(Path.Combine(Second, CleanShutdown.FileName)));
    }

    [Fact]
    public async Task Topic_that_is_deleted_while_its_directory_is_away_is_set_aside_when_it_is_back()
    {
        await using (var broker = await FilledAsync())
        {
            _disk.Break(Second);
            await ProduceAsync(broker, OnAll(Second)[0]);
            await broker.DeleteTopicAsync("t");
            await broker.StopAsync();
        }

        _disk.Fails = static (_, _) => false;
        await using var again = await TestBroker.StartOnAsync(_disk, Directories);
        await again.CreateTopicAsync("t", 4);

        Assert.Equal(2, _disk.ListDirectories(Second).Count(path => path.EndsWith("-stray", StringComparison.Ordinal)));
        Assert.Empty(await again.ReadAsync("t", 0));
        Assert.Empty(await again.ReadAsync("t", 3));
    }

    [Fact]
    public async Task Topic_that_is_made_again_while_the_directory_of_the_old_one_is_away_is_served_at_once_and_after_the_next_start()
    {
        await using (var broker = await FilledAsync())
        {
            _disk.Break(Second);
            await ProduceAsync(broker, OnAll(Second)[0]);
            await broker.DeleteTopicAsync("t");
            await broker.CreateTopicAsync("t", 4);
            for (var partition = 0; partition < 4; partition++)
            {
                Assert.Equal(0, await broker.ProduceAsync("t", partition, $"new {partition}"));
            }

            await broker.StopAsync();
        }

        _disk.Fails = static (_, _) => false;
        await using var again = await TestBroker.StartOnAsync(_disk, Directories);
        for (var partition = 0; partition < 4; partition++)
        {
            Assert.Equal([$"new {partition}"], await again.ReadAsync("t", partition));
        }

        Assert.Equal(2, _disk.ListDirectories(Second).Count(path => path.EndsWith("-stray", StringComparison.Ordinal)));
    }

    private static async Task<ErrorCode> CommitAsync(GroupMember member, string group) =>
        (await member.AskAsync(Ask.Commit(group, "t", default, 0, 1), 9)).Topics[0].Partitions[0].ErrorCode;

    private static async Task<ErrorCode> ProduceAsync(TestBroker broker, int partition) =>
        (await broker.AskAsync(Ask.Produce("t", partition, Batches.Of("more")), 9)).Responses[0].PartitionResponses[0].ErrorCode;

    /// <summary>A broker with a topic of four partitions, two on each disk, with a record each.</summary>
    private async Task<TestBroker> FilledAsync()
    {
        var broker = await TestBroker.StartOnAsync(_disk, Directories);
        await broker.CreateTopicAsync("t", 4);
        for (var partition = 0; partition < 4; partition++)
        {
            await broker.ProduceAsync("t", partition, $"v{partition}");
        }

        return broker;
    }

    /// <summary>The partitions of the topic that lie in a directory, whether or not it is broken.</summary>
    private List<int> On(string directory)
    {
        var found = OnAll(directory);
        Assert.Equal(2, found.Count);
        return found;
    }

    private List<int> OnAll(string directory)
    {
        var fails = _disk.Fails;
        _disk.Fails = static (_, _) => false;
        List<int> found = [.. _disk.ListDirectories(directory).Select(Path.GetFileName).Where(name => name!.StartsWith("t-", StringComparison.Ordinal) && name.Length == 3).Select(name => name![^1] - '0').Order()];
        _disk.Fails = fails;
        return found;
    }
}
