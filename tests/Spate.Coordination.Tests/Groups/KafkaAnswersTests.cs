using System.Text;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Groups;

/// <summary>
/// One long conversation with a broker, in the order in which a Kafka broker was asked, and what it answered. What depends on topics that
/// exist is the broker's to say and is not here.
/// </summary>
public sealed class KafkaAnswersTests
{
    private readonly Bench _bench = new(Bench.NoDelay);

    [Fact]
    public async Task Ordinary_and_odd_requests_are_answered_as_Kafka_answers_them()
    {
        var nothing = new byte[12];
        Assert.Equal("0 1 range True 1 True", Joined(_bench.Join(group: "g3", metadata: nothing)));
        var needed = Bench.Now(_bench.Join(group: "g1", version: 4, metadata: nothing));
        Assert.Equal((ErrorCode.MemberIdRequired, -1, "", 0), (needed.ErrorCode, needed.GenerationId, needed.ProtocolName, needed.Members.Count));
        var join = _bench.Join(needed.MemberId, "g1", version: 4, metadata: nothing);
        Assert.Equal("0 1 range True 1 True", Joined(join));
        var member = Bench.Member(Bench.Now(join));

        Assert.Equal("25 -1  True 0 False", Joined(_bench.Join("nobody", "g1", version: 5)));
        Assert.Equal("23 -1  False 0 True", Joined(_bench.Join(group: "g1", version: 5, type: "connect")));
        Assert.Equal("23 -1  False 0 True", Joined(_bench.Join(group: "g1", protocols: ["weird"])));
        Assert.Equal("23 -1  False 0 True", Joined(_bench.Join(group: "g9", protocols: [])));
        Assert.Equal("23 -1  False 0 True", Joined(_bench.Join(group: "g9", type: "")));
        Assert.Equal("26 -1  False 0 True", Joined(_bench.Join(group: "g9", version: 5, session: 1)));
        Assert.Equal("26 -1  False 0 True", Joined(_bench.Join(group: "g9", version: 5, session: 100_000_000)));
        Assert.Equal("24 -1  False 0 True", Joined(_bench.Join(group: "")));

        Assert.Equal("22 ", Synced(_bench.Sync(member, "g1", generation: 6)));
        Assert.Equal("25 ", Synced(_bench.Sync(member with { Id = "nobody" }, "g1")));
        Assert.Equal("25 ", Synced(_bench.Sync(member with { Id = "x" }, "zz")));
        Assert.Equal("0 part of " + member.Id, Synced(_bench.Sync(member, "g1", [member])));
        Assert.Equal("0 part of " + member.Id, Synced(_bench.Sync(member, "g1")));

        Assert.Equal(
            [ErrorCode.None, ErrorCode.IllegalGeneration, ErrorCode.UnknownMemberId, ErrorCode.UnknownMemberId, ErrorCode.InvalidGroupId],
            [
                _bench.Heartbeat(member, "g1"), _bench.Heartbeat(member, "g1", 0), _bench.Heartbeat(member with { Id = "no" }, "g1"),
                _bench.Heartbeat(member with { Id = "x" }, "zz", 0), _bench.Heartbeat(member, "", 0),
            ]);

        Assert.Equal(0, Committed(_bench.Commit(member, "g1", topic: "gt")));
        Assert.Equal(22, Committed(_bench.Commit(member, "g1", topic: "gt", generation: 0)));
        Assert.Equal(25, Committed(_bench.Commit(member with { Id = "no" }, "g1", topic: "gt")));
        Assert.Equal(25, Committed(_bench.Commit(group: "g1", topic: "gt")));
        Assert.Equal(0, Committed(_bench.Commit(group: "gs", topic: "gt", offset: 9)));
        Assert.Equal(22, Committed(_bench.Commit(member with { Id = "x" }, "gz", topic: "gt", generation: 3)));
        Assert.Equal(12, Committed(_bench.Commit(group: "gs", topic: "gt", metadata: new string('x', 5000))));
        Assert.Equal(0, Committed(_bench.Commit(group: "gs", topic: "gt", offset: -5)));
        Assert.Equal(0, Committed(_bench.Commit(group: "", topic: "gt")));

        foreach (var version in new short[] { 1, 2, 5, 6 })
        {
            Assert.Equal("0 gt: 0=-5'' 1=-1'' 7=-1''", await Fetched("gs", version, 0, 1, 7));
        }

        Assert.Equal("0 gt: 0=-5''", await Fetched("gs", 5));
        Assert.Equal("0 gt: 0=-1''", await Fetched("zzz", 5, 0));

        Assert.Equal("0 Stable consumer range 1", await Described("g1"));
        Assert.Equal("0 Empty   0", await Described("gs"));
        Assert.Equal("0 Dead   0", await Described("zzz"));
        Assert.Equal("0 Empty   0", await Described(""));
        Assert.Equal(new[] { 68, 69, 0 }, new[] { (int)await _bench.Delete("g1"), (int)await _bench.Delete("zzz"), (int)await _bench.Delete("") });

        Assert.Equal("0 0", await Forgotten("g1"));
        Assert.Equal("0 0", await Forgotten("gs"));
        Assert.Equal("69 ", await Forgotten("zz"));

        Assert.Equal("0 25", Left(_bench.LeaveFrom("g1", ("no", null))));
        Assert.Equal("0 0", Left(_bench.LeaveFrom("g1", (member.Id, null))));
        Assert.Equal("0 25", Left(_bench.LeaveFrom("g1", (member.Id, null))));
        Assert.Equal("25 ", Left(_bench.LeaveAlone("zz", "g1")));
        Assert.Equal("0 Empty consumer  0", await Described("g1"));
        Assert.Equal(new[] { 0, 69 }, new[] { (int)await _bench.Delete("g1"), (int)await _bench.Delete("gs") });
        Assert.Equal("0 Dead   0", await Described("g1"));
    }

    [Fact]
    public void Static_members_are_answered_as_Kafka_answers_them()
    {
        var join = _bench.Join(group: "gst", version: 5, instance: "i1");
        Assert.Equal("0 1 range True 1 True", Joined(join));
        var former = Bench.Member(Bench.Now(join), "i1");
        Assert.Equal("0 part of " + former.Id, Synced(_bench.Sync(former, "gst", [former])));
        var again = _bench.Join(group: "gst", version: 5, instance: "i1");
        Assert.Equal("0 1 range True 0 False", Joined(again));
        var current = former with { Id = Bench.Now(again).MemberId };
        Assert.NotEqual(former.Id, current.Id);
        Assert.Equal(ErrorCode.FencedInstanceId, _bench.Heartbeat(former, "gst"));
        Assert.Equal(ErrorCode.None, _bench.Heartbeat(current, "gst"));
        Assert.Equal("82 -1  True 0 False", Joined(_bench.Join(former.Id, "gst", version: 5, instance: "i1")));
        Assert.Equal("0 0 25", Left(_bench.LeaveFrom("gst", ("", "i1"), ("", "i9"))));
    }

    [Fact]
    public void Two_members_are_answered_as_Kafka_answers_them()
    {
        var join = _bench.Join(group: "g2");
        Assert.Equal("0 1 range True 1 True", Joined(join));
        var first = Bench.Member(Bench.Now(join));
        var second = _bench.Join(group: "g2", metadata: [(byte)'2']);
        Assert.Equal("27 ", Synced(_bench.Sync(first, "g2")));
        Assert.Equal(ErrorCode.RebalanceInProgress, _bench.Heartbeat(first, "g2"));
        var rejoin = _bench.Join(first.Id, "g2");
        Assert.Equal("0 2 range True 2 True", Joined(rejoin));
        Assert.Equal("0 2 range True 0 False", Joined(second));
        var leader = Bench.Member(Bench.Now(rejoin));
        var follower = Bench.Member(Bench.Now(second));
        var sync = _bench.Sync(follower, "g2");
        Assert.Equal("0 part of " + leader.Id, Synced(_bench.Sync(leader, "g2", [leader, follower])));
        Assert.Equal("0 part of " + follower.Id, Synced(sync));
    }

    private static string Joined(Task<JoinGroupResponse> task)
    {
        var response = Bench.Now(task);
        return $"{(int)response.ErrorCode} {response.GenerationId} {response.ProtocolName} {response.MemberId.Length > 0} {response.Members.Count} {response.Leader == response.MemberId}";
    }

    private static string Synced(Task<SyncGroupResponse> task)
    {
        var response = Bench.Now(task);
        return $"{(int)response.ErrorCode} {Encoding.UTF8.GetString(response.Assignment.Span)}";
    }

    private static int Committed(Task<OffsetCommitResponse> task) => (int)Bench.Only(Bench.Now(task));

    private static string Left(Task<LeaveGroupResponse> task)
    {
        var response = Bench.Now(task);
        return $"{(int)response.ErrorCode} {string.Join(" ", response.Members.Select(member => (int)member.ErrorCode))}";
    }

    private async Task<string> Fetched(string group, short version, params int[] partitions)
    {
        var request = new OffsetFetchRequest
        {
            GroupId = group,
            Topics = partitions.Length == 0 ? null : [new() { Name = "gt", PartitionIndexes = [.. partitions] }],
        };
        var response = await _bench.Coordinator.OffsetFetchAsync(request, new GroupClient("c", "/h", version));
        var topics = response.Topics.Select(topic =>
            $"{topic.Name}: {string.Join(" ", topic.Partitions.Select(partition => $"{partition.PartitionIndex}={partition.CommittedOffset}'{partition.Metadata}'"))}");
        return $"{(int)response.ErrorCode} {string.Join(" ", topics)}";
    }

    private async Task<string> Described(string group)
    {
        var response = await _bench.Describe(group, 4);
        return $"{(int)response.ErrorCode} {response.GroupState} {response.ProtocolType} {response.ProtocolData} {response.Members.Count}";
    }

    private async Task<string> Forgotten(string group)
    {
        var response = await _bench.Coordinator.OffsetDeleteAsync(
            new OffsetDeleteRequest { GroupId = group, Topics = [new() { Name = "gt", Partitions = [new() { PartitionIndex = 0 }] }] });
        return $"{(int)response.ErrorCode} {string.Join(" ", response.Topics.Select(topic => (int)topic.Partitions[0].ErrorCode))}";
    }
}
