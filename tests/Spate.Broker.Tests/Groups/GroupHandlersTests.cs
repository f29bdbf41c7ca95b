using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Groups;

/// <summary>What stands between the requests about groups and their coordinator: unknown topics, ids, other kinds of coordinators.</summary>
public sealed class GroupHandlersTests
{
    private static readonly Uuid Stranger = Uuid.NewRandom(new Random(99));

    [Theory]
    [InlineData(0, 9, ErrorCode.UnknownTopicOrPartition)]
    [InlineData(0, 10, ErrorCode.UnknownTopicId)]
    public async Task Commit_for_an_unknown_topic_is_refused_and_the_known_one_is_kept(int partition, short version, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var id = await broker.CreateTopicAsync("t");
        var request = Ask.Commit("g", "none", Stranger, partition, 3);
        request.Topics.Add(Ask.Commit("g", "t", id, 0, 4).Topics[0]);

        var reply = await member.AskAsync(request, version);

        var refused = Assert.Single(reply.Topics, topic => version < 10 ? topic.Name == "none" : topic.TopicId == Stranger);
        Assert.Equal(error, Assert.Single(refused.Partitions).ErrorCode);
        var kept = Assert.Single(reply.Topics, topic => version < 10 ? topic.Name == "t" : topic.TopicId == id);
        Assert.Equal(ErrorCode.None, Assert.Single(kept.Partitions).ErrorCode);
        Assert.Equal(4, await member.CommittedAsync("t", 0));
    }

    [Fact]
    public async Task Fetch_of_all_offsets_tells_every_topic()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        var a = await broker.CreateTopicAsync("a");
        var b = await broker.CreateTopicAsync("b");
        await member.AskAsync(Ask.Commit("g", "a", a, 0, 1), 9);
        await member.AskAsync(Ask.Commit("g", "b", b, 0, 2), 10);

        var old = await member.AskAsync(new OffsetFetchRequest { GroupId = "g", Topics = null }, 2);
        var byId = await member.AskAsync(new OffsetFetchRequest { Groups = [new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = "g", Topics = null }] }, 10);

        Assert.Equal([("a", 1L), ("b", 2L)], old.Topics.Select(topic => (topic.Name, topic.Partitions[0].CommittedOffset)).Order());
        Assert.Equal(
            new Dictionary<Uuid, long> { [a] = 1, [b] = 2 }, byId.Groups[0].Topics.ToDictionary(topic => topic.TopicId, topic => topic.Partitions[0].CommittedOffset));
    }

    [Fact]
    public async Task Fetch_of_offsets_by_an_unknown_id_is_an_error_of_its_partitions()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");

        var reply = await member.AskAsync(
            new OffsetFetchRequest
            {
                Groups =
                [
                    new OffsetFetchRequest.OffsetFetchRequestGroup
                    {
                        GroupId = "g",
                        Topics = [new OffsetFetchRequest.OffsetFetchRequestTopics { TopicId = Stranger, PartitionIndexes = [0, 3] }],
                    },
                ],
            },
            10);

        var topic = Assert.Single(reply.Groups[0].Topics);
        Assert.Equal(Stranger, topic.TopicId);
        Assert.Equal(
            [(0, ErrorCode.UnknownTopicId, -1L), (3, ErrorCode.UnknownTopicId, -1L)],
            topic.Partitions.Select(partition => (partition.PartitionIndex, partition.ErrorCode, partition.CommittedOffset)));
    }

    [Theory]
    [InlineData(0, ErrorCode.None)]
    [InlineData(1, ErrorCode.None)]
    [InlineData(2, ErrorCode.InvalidRequest)]
    [InlineData(3, ErrorCode.InvalidRequest)]
    [InlineData(-1, ErrorCode.InvalidRequest)]
    public async Task Coordinators_of_other_kinds_are_refused_in_the_old_form_and_the_new(sbyte type, ErrorCode error)
    {
        await using var broker = await TestBroker.StartAsync();

        var one = await broker.AskAsync(new FindCoordinatorRequest { Key = "k", KeyType = type }, 2);
        var many = await broker.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = ["k", "l", "k"], KeyType = type }, 6);

        Assert.Equal((error, error == ErrorCode.None ? 1 : -1), (one.ErrorCode, one.NodeId));
        Assert.Equal([("k", error), ("l", error), ("k", error)], many.Coordinators.Select(found => (found.Key, found.ErrorCode)));
    }

    [Fact]
    public async Task Nobody_asked_for_is_nobody_found()
    {
        await using var broker = await TestBroker.StartAsync();

        Assert.Empty((await broker.AskAsync(new FindCoordinatorRequest { CoordinatorKeys = [] }, 6)).Coordinators);
    }

    [Fact]
    public async Task Who_was_told_of_a_coordinator_finds_it_ready_though_its_topic_was_only_made_for_him()
    {
        await using var broker = await TestBroker.StartAsync("offsets.topic.num.partitions=50");
        string[] groups = [.. Enumerable.Range(0, 100).Select(number => $"group-{number}")];

        Assert.Equal(ErrorCode.None, (await broker.AskAsync(new FindCoordinatorRequest { Key = "group-0" }, 2)).ErrorCode);
        var described = await broker.AskAsync(new DescribeGroupsRequest { Groups = [.. groups] }, 5);

        Assert.All(described.Groups, group => Assert.Equal((ErrorCode.None, "Dead"), (group.ErrorCode, group.GroupState)));
    }

    [Fact]
    public async Task Member_that_falls_silent_is_put_out_when_its_session_is_over()
    {
        await using var broker = await TestBroker.StartAsync();
        using var member = await GroupMember.FindAsync(broker, "g");
        await member.JoinAsync(5);
        await member.SyncAsync(3);

        broker.Clock.Advance(TimeSpan.FromSeconds(31));

        for (var attempt = 0; ; attempt++)
        {
            var described = await member.AskAsync(new DescribeGroupsRequest { Groups = ["g"] }, 5);
            if (described.Groups[0].GroupState == "Empty")
            {
                return;
            }

            Assert.True(attempt < 100_000, $"The group is still {described.Groups[0].GroupState}.");
        }
    }

    [Fact]
    public async Task Groups_begin_anew_when_the_topic_that_keeps_them_is_deleted()
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");
        using (var member = await GroupMember.FindAsync(broker, "g"))
        {
            await member.AskAsync(Ask.Commit("g", "t", id, 0, 5), 9);
        }

        await broker.DeleteTopicAsync("__consumer_offsets");

        using var again = await GroupMember.FindAsync(broker, "g");
        Assert.Equal(-1, await again.CommittedAsync("t", 0));
        Assert.Equal(ErrorCode.None, (await again.AskAsync(Ask.Commit("g", "t", id, 0, 6), 9)).Topics[0].Partitions[0].ErrorCode);
        Assert.Equal(6, await again.CommittedAsync("t", 0));
        Assert.Empty(broker.Log.Complaints);
    }
}
