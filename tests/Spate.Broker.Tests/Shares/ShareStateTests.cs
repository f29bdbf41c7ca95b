using Spate.Broker.Tests.Handlers;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Shares;

/// <summary>What became of the records of share groups is kept in a topic of the broker's own, over every request that asks for it.</summary>
public sealed class ShareStateTests
{
    private static readonly Uuid Stranger = new(7, 7);

    public static TheoryData<short> WriteVersions => Versions.From(WriteShareGroupStateRequest.LowestVersion, WriteShareGroupStateRequest.HighestVersion);

    public static TheoryData<short> SummaryVersions => Versions.From(ReadShareGroupStateSummaryRequest.LowestVersion, ReadShareGroupStateSummaryRequest.HighestVersion);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_was_written_is_read_again_after_a_stop_and_after_a_crash(bool isClean)
    {
        var files = new MemoryFileSystem();
        Uuid topic;
        await using (var broker = await TestBroker.StartOnAsync(files, "share.coordinator.state.topic.compression.codec=4"))
        {
            topic = await broker.CreateTopicAsync("t", 2);
            await ShareAsk.BeginAsync(broker, "g", topic, 10);
            await ShareAsk.BeginAsync(broker, "other", topic, 20, partition: 1);
            await broker.AskAsync(ShareAsk.Write("g", topic, 0, 0, 12, (14, 20, 2)), 1);
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(files);
        await again.WhenAsync(() => again.Metrics.ShareState.LoadTime.Count == 3, "the share coordinator to be loaded");
        Assert.Equal("12: 14-20 2*1", await ShareAsk.StateAsync(again, "g", topic));
        Assert.Equal("20:", await ShareAsk.StateAsync(again, "other", topic, 1));
        Assert.Empty(again.Log.Complaints);
    }

    [Theory]
    [MemberData(nameof(WriteVersions))]
    public async Task WriteShareGroupState_is_answered_in_every_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        await ShareAsk.BeginAsync(broker, "g", topic, 0);

        var reply = await broker.AskAsync(ShareAsk.Write("g", topic, 0, 3, 1, (2, 3, 4)), version);
        var late = await broker.AskAsync(ShareAsk.Write("g", topic, 0, 2, 9), version);

        Assert.Equal((topic, 0, ErrorCode.None), (reply.Results[0].TopicId, reply.Results[0].Partitions[0].Partition, reply.Results[0].Partitions[0].ErrorCode));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, late.Results[0].Partitions[0].ErrorCode);
        Assert.Equal("1: 2-3 4*1", await ShareAsk.StateAsync(broker, "g", topic));
    }

    [Theory]
    [MemberData(nameof(SummaryVersions))]
    public async Task ReadShareGroupStateSummary_is_answered_in_every_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        await ShareAsk.BeginAsync(broker, "g", topic, 5, stateEpoch: 4);

        var summary = (await broker.AskAsync(ShareAsk.Summarize("g", topic, 0), version)).Results[0].Partitions[0];
        var unknown = (await broker.AskAsync(ShareAsk.Summarize("h", topic, 0), version)).Results[0].Partitions[0];

        Assert.Equal((ErrorCode.None, 4, 5), (summary.ErrorCode, summary.StateEpoch, summary.StartOffset));
        Assert.Equal((ErrorCode.None, -1), (unknown.ErrorCode, unknown.StartOffset));
    }

    [Fact]
    public async Task What_was_deleted_is_unknown_and_what_makes_no_sense_is_refused()
    {
        await using var broker = await TestBroker.StartAsync();
        var topic = await broker.CreateTopicAsync("t");
        Assert.Equal(ErrorCode.NotCoordinator, (await broker.AskAsync(ShareAsk.Initialize("g", topic, 0, 0, 0), 0)).Results[0].Partitions[0].ErrorCode);
        await ShareAsk.BeginAsync(broker, "g", topic, 5);

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(ShareAsk.Delete("g", topic, 0), 0)).Results[0].Partitions[0].ErrorCode);

        Assert.Equal("InvalidRequest", await ShareAsk.StateAsync(broker, "g", topic));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.AskAsync(ShareAsk.Initialize("g", topic, 1, 0, 0), 0)).Results[0].Partitions[0].ErrorCode);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, (await broker.AskAsync(ShareAsk.Initialize("g", Stranger, 0, 0, 0), 0)).Results[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData("g", ErrorCode.InvalidRequest)]
    [InlineData("g:AAAAAAAAAAcAAAAAAAAABw", ErrorCode.InvalidRequest)]
    [InlineData("g:no-id:0", ErrorCode.InvalidRequest)]
    [InlineData("g:AAAAAAAAAAcAAAAAAAAABw:-1", ErrorCode.InvalidRequest)]
    [InlineData(":AAAAAAAAAAcAAAAAAAAABw:0", ErrorCode.InvalidRequest)]
    [InlineData("g:AAAAAAAAAAcAAAAAAAAABw:0", ErrorCode.None)]
    [InlineData("a:b:AAAAAAAAAAcAAAAAAAAABw:0", ErrorCode.None)]
    public async Task The_keeper_is_found_by_group_topic_and_partition(string key, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();

        var reply = await broker.AskAsync(new FindCoordinatorRequest { KeyType = 2, CoordinatorKeys = [key] }, 6);
        var older = await broker.AskAsync(new FindCoordinatorRequest { KeyType = 2, CoordinatorKeys = [key] }, 5);

        Assert.Equal((key, error, error == ErrorCode.None ? 1 : -1), (reply.Coordinators[0].Key, reply.Coordinators[0].ErrorCode, reply.Coordinators[0].NodeId));
        Assert.Equal(ErrorCode.InvalidRequest, older.Coordinators[0].ErrorCode);
    }

    [Fact]
    public async Task Its_topic_is_the_brokers_own_and_loses_nothing_with_time()
    {
        await using var broker = await TestBroker.StartAsync("log.retention.bytes=1000");
        await ShareAsk.FindKeeperAsync(broker, "g", Stranger);

        var topic = (await broker.AskAsync(new MetadataRequest { Topics = null }, 12)).Topics.Single();
        Assert.Equal(("__share_group_state", true, 3), (topic.Name, topic.IsInternal, topic.Partitions.Count));
        Assert.Equal(ErrorCode.InvalidTopic, (await broker.AskAsync(Ask.Produce("__share_group_state", 0, Batches.Of("x")), 9)).Responses[0].PartitionResponses[0].ErrorCode);
        var described = await broker.AskAsync(new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = "__share_group_state", ConfigurationKeys = null }] }, 4);
        var configs = described.Results[0].Configs.ToDictionary(config => config.Name, config => config.Value);
        Assert.Equal(("delete", "-1", "-1"), (configs["cleanup.policy"], configs["retention.ms"], configs["retention.bytes"]));
    }
}
