using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Topics come and go through the whole broker: settings, ids, logs, and what groups remember of them.</summary>
public sealed class TopicAdministrationTests
{
    [Theory]
    [InlineData("retention.ms", "x")]
    [InlineData("nope", "1")]
    [InlineData("cleanup.policy", "shred")]
    [InlineData("segment.bytes", "1")]
    [InlineData("min.insync.replicas", "0")]
    [InlineData("max.message.bytes", "-1")]
    [InlineData("compression.type", "brotli")]
    [InlineData("message.timestamp.type", "Now")]
    [InlineData("min.cleanable.dirty.ratio", "1.5")]
    [InlineData("retention.bytes", null)]
    [InlineData("log.retention.ms", "1")]
    public async Task Wrong_setting_is_refused_and_nothing_is_created(string name, string? value)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(Ask.CreateTopic("t", 1, (name, value!)), 7);

        Assert.Equal((ErrorCode.InvalidConfig, true), (reply.Topics[0].ErrorCode, reply.Topics[0].ErrorMessage!.Contains(name, StringComparison.Ordinal)));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.AskAsync(Ask.Fetch("t", 0, 0), 9)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Validate_only_creates_nothing()
    {
        await using var broker = await TestBroker.StartAsync();
        var request = Ask.CreateTopic("t", 2);
        request.ValidateOnly = true;

        var topic = (await broker.AskAsync(request, 7)).Topics[0];

        Assert.Equal((ErrorCode.None, 2, true), (topic.ErrorCode, topic.NumPartitions, topic.TopicId.IsZero));
        await broker.CreateTopicAsync("t");
    }

    [Theory]
    [InlineData("__consumer_offsets")]
    [InlineData("__transaction_state")]
    public async Task Internal_topic_is_not_created_for_a_client(string name)
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Equal(ErrorCode.InvalidTopic, (await broker.AskAsync(Ask.CreateTopic(name, 7), 7)).Topics[0].ErrorCode);

        using var member = await GroupMember.FindAsync(broker, "g");
        Assert.Equal(ErrorCode.None, (await member.JoinAsync(5)).ErrorCode);
    }

    [Theory]
    [InlineData(1, ErrorCode.InvalidRequest)]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.TopicDeletionDisabled)]
    [InlineData(6, ErrorCode.TopicDeletionDisabled)]
    public async Task Topics_stay_where_deletion_is_not_enabled(short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync("delete.topic.enable=false");
        await broker.CreateTopicAsync("t");
        var request = version < 6
            ? new DeleteTopicsRequest { TopicNames = ["t", "none"] }
            : new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { Name = "t" }, new DeleteTopicsRequest.DeleteTopicState { Name = "none" }] };

        var reply = await broker.AskAsync(request, version);

        Assert.Equal([("t", error), ("none", error)], reply.Responses.Select(each => (each.Name!, each.ErrorCode)));
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "a"));
    }

    [Theory]
    [InlineData(249, ErrorCode.None)]
    [InlineData(250, ErrorCode.InvalidTopic)]
    public async Task Name_has_at_most_249_letters(int length, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        var name = new string('x', length);

        Assert.Equal(error, (await broker.AskAsync(Ask.CreateTopic(name), 7)).Topics[0].ErrorCode);
        if (error == ErrorCode.None)
        {
            Assert.Equal(0, await broker.ProduceAsync(name, 0, "a"));
            await broker.DeleteTopicAsync(name);
        }
    }

    [Fact]
    public async Task Topic_that_is_deleted_and_made_again_is_another_one()
    {
        await using var broker = await TestBroker.StartAsync();
        var first = await broker.CreateTopicAsync("t");
        await broker.ProduceAsync("t", 0, "old");

        await broker.DeleteTopicAsync("t");
        var second = await broker.CreateTopicAsync("t");

        Assert.NotEqual(first, second);
        Assert.Empty(await broker.ReadAsync("t", 0));
        Assert.Equal(ErrorCode.UnknownTopicId, (await broker.AskAsync(Ask.Fetch("", first, 0, 0), 13)).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(0, await broker.ProduceAsync("t", 0, "new"));
    }

    [Fact]
    public async Task Topic_that_is_deleted_twice_is_unknown_the_second_time()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.DeleteTopicAsync("t");

        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.AskAsync(new DeleteTopicsRequest { TopicNames = ["t"] }, 5)).Responses[0].ErrorCode);
    }

    [Fact]
    public async Task Topic_is_deleted_by_its_id()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");

        var reply = await broker.AskAsync(new DeleteTopicsRequest { Topics = [new DeleteTopicsRequest.DeleteTopicState { TopicId = id }] }, 6);

        Assert.Equal(("t", ErrorCode.None), (reply.Responses[0].Name, reply.Responses[0].ErrorCode));
        Assert.Equal(ErrorCode.UnknownTopicId, (await broker.AskAsync(Ask.Fetch("", id, 0, 0), 13)).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Groups_forget_offsets_of_a_topic_that_is_deleted()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);
        Assert.Equal(5, await member.CommittedAsync("t", 0));

        await broker.DeleteTopicAsync("t");
        await broker.CreateTopicAsync("t");

        Assert.Equal(-1, await member.CommittedAsync("t", 0));
    }

    [Fact]
    public async Task Directory_of_a_deleted_topic_goes_when_its_delay_is_over()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t", 1, ("file.delete.delay.ms", "60000"));
        await broker.DeleteTopicAsync("t");
        var left = Assert.Single(broker.Files.ListDirectories(TestBroker.DataPath), path => Path.GetFileName(path).StartsWith("t-0.", StringComparison.Ordinal));
        Assert.EndsWith("-delete", left, StringComparison.Ordinal);

        broker.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(broker.Files.DirectoryExists(left));
        for (var beat = 0; broker.Files.DirectoryExists(left); beat++)
        {
            Assert.True(beat < 100_000, "The directory is still there.");
            broker.Clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }
    }
}
