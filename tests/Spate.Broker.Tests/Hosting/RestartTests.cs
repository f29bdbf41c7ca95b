using Spate.Broker.Tests.Groups;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Checkpoints;
using Spate.Storage.Directories;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Hosting;

/// <summary>What a broker finds again on the disk that another left, cleanly or not.</summary>
public sealed class RestartTests
{
    private readonly MemoryFileSystem _files = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_is_there_after_a_stop_and_after_a_crash(bool isClean)
    {
        Uuid id;
        string? cluster;
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            id = await broker.CreateTopicAsync("t", 2, ("max.message.bytes", "3000"));
            await broker.CreateTopicAsync("gone");
            await broker.DeleteTopicAsync("gone");
            await broker.ProduceAsync("t", 0, "a", "b");
            await broker.ProduceAsync("t", 1, "c");
            await broker.ProduceAsync("t", 0, "d");
            using var member = await GroupMember.FindAsync(broker, "g");
            await member.AskAsync(Ask.Commit("g", "t", id, 1, 1), 9);
            cluster = await ClusterAsync(broker);
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        Assert.Equal(isClean, _files.FileExists(Path.Combine(TestBroker.DataPath, CleanShutdown.FileName)));
        await using var again = await TestBroker.StartOnAsync(_files);
        Assert.Equal(cluster, await ClusterAsync(again));
        var topics = (await again.AskAsync(new MetadataRequest { Topics = null }, 12)).Topics;
        Assert.Equal([("__consumer_offsets", 3), ("t", 2)], topics.Select(topic => (topic.Name!, topic.Partitions.Count)));
        Assert.Equal(id, topics[1].TopicId);
        Assert.Equal(["a", "b", "d"], await again.ReadAsync("t", 0));
        Assert.Equal(["c"], await again.ReadAsync("t", 1));
        using var memberAgain = await GroupMember.FindAsync(again, "g");
        Assert.Equal(1, await memberAgain.CommittedAsync("t", 1));
        var tooLarge = await again.AskAsync(Ask.Produce("t", 0, Batches.Of(new string('x', 4000))), 9);
        Assert.Equal(ErrorCode.MessageTooLarge, tooLarge.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.Equal(3, await again.ProduceAsync("t", 0, "e"));
        Assert.Empty(again.Log.Complaints);
    }

    [Fact]
    public async Task Records_outlive_many_crashes()
    {
        var expected = new List<string>();
        for (var round = 0; round < 5; round++)
        {
            await using var broker = await TestBroker.StartOnAsync(_files);
            if (round == 0)
            {
                await broker.CreateTopicAsync("t");
            }

            Assert.Equal(expected, await broker.ReadAsync("t", 0));
            expected.Add($"round {round}");
            Assert.Equal(round, await broker.ProduceAsync("t", 0, expected[^1]));
        }
    }

    [Fact]
    public async Task Log_of_no_topic_is_set_aside_and_stays_though_a_topic_of_its_name_is_made()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("t");
            await broker.ProduceAsync("t", 0, "a");
            await broker.StopAsync();
        }

        _files.MoveDirectory(Path.Combine(TestBroker.DataPath, "t-0"), Path.Combine(TestBroker.DataPath, "x-0"));
        await using var again = await TestBroker.StartOnAsync(_files);

        var stray = Assert.Single(_files.ListDirectories(TestBroker.DataPath), path => path.EndsWith("-stray", StringComparison.Ordinal));
        Assert.StartsWith("x-0.", Path.GetFileName(stray), StringComparison.Ordinal);
        Assert.Contains(stray, Assert.Single(again.Log.Complaints), StringComparison.Ordinal);
        Assert.Empty(await again.ReadAsync("t", 0));

        await again.CreateTopicAsync("x");
        Assert.Equal(0, await again.ProduceAsync("x", 0, "new"));
        await again.DeleteTopicAsync("x");
        Assert.True(_files.FileLength(Path.Combine(stray, "00000000000000000000.log")) > 0);
    }

    [Fact]
    public async Task Log_of_another_topic_of_the_same_name_is_set_aside()
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("a");
            await broker.CreateTopicAsync("b");
            await broker.ProduceAsync("b", 0, "of b");
            await broker.StopAsync();
        }

        _files.DeleteDirectory(Path.Combine(TestBroker.DataPath, "a-0"));
        _files.MoveDirectory(Path.Combine(TestBroker.DataPath, "b-0"), Path.Combine(TestBroker.DataPath, "a-0"));
        await using var again = await TestBroker.StartOnAsync(_files);

        Assert.Empty(await again.ReadAsync("a", 0));
        Assert.Single(_files.ListDirectories(TestBroker.DataPath), path => path.EndsWith("-stray", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_of_decisions_is_found_in_whichever_directory_it_lies()
    {
        var (one, two) = (Path.GetFullPath("/one"), Path.GetFullPath("/two"));
        await using (var broker = await TestBroker.StartOnAsync(_files, $"log.dirs={one},{two}"))
        {
            await broker.CreateTopicAsync("t", 4);
            await broker.ProduceAsync("t", 3, "a");
            await broker.StopAsync();
        }

        await using var again = await TestBroker.StartOnAsync(_files, $"log.dirs={two},{one}");

        Assert.Equal(["a"], await again.ReadAsync("t", 3));
        Assert.Empty(again.Log.Complaints);
    }

    [Theory]
    [InlineData("deleted when the broker was killed")]
    [InlineData("set aside")]
    [InlineData("deleted when it was not compacted any more")]
    public async Task Log_made_anew_counts_nothing_as_cleaned_of_what_was_cleaned_under_its_name(string how)
    {
        await using (var broker = await TestBroker.StartOnAsync(_files))
        {
            await broker.CreateTopicAsync("other");
            if (!how.EndsWith("killed", StringComparison.Ordinal))
            {
                await broker.CreateTopicAsync("t", 1, ("cleanup.policy", how == "set aside" ? "compact" : "delete"));
            }

            await broker.StopAsync();
        }

        var checkpoint = new OffsetCheckpoint(_files, TestBroker.DataPath, OffsetCheckpoint.CleanerOffsetsName);
        checkpoint.Write([KeyValuePair.Create(new TopicPartition("t", 0), 7L), KeyValuePair.Create(new TopicPartition("other", 0), 0L)]);
        if (how == "set aside")
        {
            _files.DeleteDirectory(Path.Combine(TestBroker.DataPath, "t-0"));
            _files.MoveDirectory(Path.Combine(TestBroker.DataPath, "other-0"), Path.Combine(TestBroker.DataPath, "t-0"));
        }

        await using var again = await TestBroker.StartOnAsync(_files);
        if (how == "deleted when it was not compacted any more")
        {
            await again.DeleteTopicAsync("t");
        }

        if (how != "set aside")
        {
            await again.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"));
        }

        Assert.Empty(await again.ReadAsync("t", 0));
        Assert.DoesNotContain(new TopicPartition("t", 0), checkpoint.Read().Content.Keys);
    }

    private static async Task<string?> ClusterAsync(TestBroker broker) => (await broker.AskAsync(new MetadataRequest { Topics = [] }, 9)).ClusterId;
}
