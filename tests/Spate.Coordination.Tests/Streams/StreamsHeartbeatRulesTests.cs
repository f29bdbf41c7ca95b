using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Streams;

/// <summary>What a StreamsGroupHeartbeat is refused for, and with what.</summary>
public sealed class StreamsHeartbeatRulesTests
{
    public static TheoryData<string, ErrorCode> Odd => new()
    {
        { "no group", ErrorCode.InvalidRequest },
        { "no id", ErrorCode.InvalidRequest },
        { "empty rack", ErrorCode.InvalidRequest },
        { "static", ErrorCode.InvalidRequest },
        { "offset below 0", ErrorCode.InvalidRequest },
        { "end offset below 0", ErrorCode.InvalidRequest },
        { "offset of an unknown part", ErrorCode.InvalidRequest },
        { "offset of a task beyond the last", ErrorCode.InvalidRequest },
        { "offset of a task below the first", ErrorCode.InvalidRequest },
        { "end offset of an unknown part", ErrorCode.InvalidRequest },
        { "end offset of a task beyond the last", ErrorCode.InvalidRequest },
        { "offset of a task twice", ErrorCode.InvalidRequest },
        { "end offset of a task twice", ErrorCode.InvalidRequest },
        { "joins with an offset below 0", ErrorCode.InvalidRequest },
        { "warms up an unknown part", ErrorCode.InvalidRequest },
        { "warms up a task beyond the last", ErrorCode.InvalidRequest },
        { "warms up a task twice", ErrorCode.InvalidRequest },
        { "warms up what it does", ErrorCode.InvalidRequest },
        { "joins warming up", ErrorCode.InvalidRequest },
        { "regex", ErrorCode.InvalidRequest },
        { "epoch -3", ErrorCode.InvalidRequest },
        { "epoch -2", ErrorCode.InvalidRequest },
        { "joins without timeout", ErrorCode.InvalidRequest },
        { "joins with active tasks", ErrorCode.InvalidRequest },
        { "joins with copies", ErrorCode.InvalidRequest },
        { "joins without topology", ErrorCode.InvalidRequest },
        { "topology without joining", ErrorCode.InvalidRequest },
        { "some kinds of tasks only", ErrorCode.InvalidRequest },
        { "unknown part", ErrorCode.InvalidRequest },
        { "task beyond the last", ErrorCode.InvalidRequest },
        { "task below the first", ErrorCode.InvalidRequest },
        { "changelog with partitions", ErrorCode.StreamsInvalidTopology },
        { "repartition below 0", ErrorCode.StreamsInvalidTopology },
        { "part twice", ErrorCode.StreamsInvalidTopology },
        { "copartition beyond the sources", ErrorCode.StreamsInvalidTopology },
        { "copartition beyond the repartitions", ErrorCode.StreamsInvalidTopology },
        { "repartition that nobody writes", ErrorCode.StreamsInvalidTopology },
        { "circle", ErrorCode.StreamsInvalidTopology },
        { "other topology", ErrorCode.InvalidRequest },
        { "unknown group", ErrorCode.GroupIdNotFound },
        { "leaves unknown group", ErrorCode.GroupIdNotFound },
        { "unknown member", ErrorCode.UnknownMemberId },
        { "unknown member leaves", ErrorCode.UnknownMemberId },
        { "epoch ahead", ErrorCode.FencedMemberEpoch },
        { "epoch behind", ErrorCode.FencedMemberEpoch },
        { "classic group", ErrorCode.GroupIdNotFound },
        { "consumer group", ErrorCode.GroupIdNotFound },
        { "one too many", ErrorCode.GroupMaxSizeReached },
        { "member of a full group", ErrorCode.None },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public void Odd_heartbeats_are_told_what_is_wrong_and_change_nothing(string what, ErrorCode error)
    {
        var bench = Full();
        var before = bench.Dump();

        var (response, _) = Bench.Now(bench.Beat(Request(what)));

        Assert.Equal(error, response.ErrorCode);
        if (error != ErrorCode.None)
        {
            Assert.Equal(before, bench.Dump());
            Assert.False(string.IsNullOrEmpty(response.ErrorMessage));
        }

        Assert.Empty(bench.Breakages);
    }

    [Fact]
    public void Groups_that_are_switched_off_are_refused()
    {
        var bench = new Bench(Bench.NoDelay with { Streams = new StreamsGroupOptions { IsEnabled = false } });
        Assert.Equal(ErrorCode.UnsupportedVersion, new TestInstance("m").Beat(bench).Response.ErrorCode);
        Assert.Equal("", bench.Dump());
    }

    /// <summary>A group of two at its most, in epoch 3, and one of each other kind.</summary>
    private static Bench Full()
    {
        var bench = new Bench(Bench.NoDelay with { Streams = new StreamsGroupOptions { MaxSize = 2 } });
        bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0);
        bench.Topics.Set("a", 4);
        TestInstance[] members = [new("m"), new("n")];
        for (var round = 0; round < 4; round++)
        {
            foreach (var member in members)
            {
                member.Beat(bench);
            }
        }

        Bench.Now(bench.Join(group: "classic"));
        new TestConsumer(bench, "c", "consumer").Beat();
        return bench;
    }

    private static StreamsGroupHeartbeatRequest Request(string what)
    {
        var joining = new TestInstance(what == "member of a full group" ? "m" : "x").Request();
        joining.GroupId = what is "one too many" or "member of a full group" or "other topology" ? "g" : "h";
        joining.MemberId = what == "other topology" ? "m" : joining.MemberId;
        var beating = new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = "m", MemberEpoch = 3 };
        switch (what)
        {
            case "no group":
                joining.GroupId = "";
                return joining;
            case "no id":
                joining.MemberId = "";
                return joining;
            case "empty rack":
                joining.RackId = "";
                return joining;
            case "static":
                joining.InstanceId = "i";
                return joining;
            case "offset below 0":
                beating.TaskOffsets = [Offset("p", 0, -1)];
                return beating;
            case "end offset below 0":
                beating.TaskEndOffsets = [Offset("p", 0, -2)];
                return beating;
            case "offset of an unknown part":
                beating.TaskOffsets = [Offset("q", 0, 1)];
                return beating;
            case "offset of a task beyond the last":
                beating.TaskOffsets = [Offset("p", 3, 1), Offset("p", 4, 1)];
                return beating;
            case "offset of a task below the first":
                beating.TaskOffsets = [Offset("p", -1, 1)];
                return beating;
            case "end offset of an unknown part":
                beating.TaskEndOffsets = [Offset("q", 0, 1)];
                return beating;
            case "end offset of a task beyond the last":
                beating.TaskEndOffsets = [Offset("p", 4, 1)];
                return beating;
            case "offset of a task twice":
                beating.TaskOffsets = [Offset("p", 1, 1), Offset("p", 1, 2)];
                return beating;
            case "end offset of a task twice":
                beating.TaskEndOffsets = [Offset("p", 1, 1), Offset("p", 1, 1)];
                return beating;
            case "joins with an offset below 0":
                joining.TaskOffsets = [Offset("p", 0, -1)];
                return joining;
            case "warms up an unknown part":
                return Owning(beating, [], Tasks("q", 0));
            case "warms up a task beyond the last":
                return Owning(beating, [], Tasks("p", 4));
            case "warms up a task twice":
                return Owning(beating, [], [.. Tasks("p", 0), .. Tasks("p", 0)]);
            case "warms up what it does":
                return Owning(beating, Tasks("p", 0), Tasks("p", 0));
            case "joins warming up":
                joining.WarmupTasks = Tasks("p", 0);
                return joining;
            case "epoch -3":
                beating.MemberEpoch = -3;
                return beating;
            case "epoch -2":
                beating.MemberEpoch = -2;
                return beating;
            case "joins without timeout":
                joining.RebalanceTimeoutMs = -1;
                return joining;
            case "joins with active tasks":
                joining.ActiveTasks = Tasks("p", 0);
                return joining;
            case "joins with copies":
                joining.StandbyTasks = Tasks("p", 0);
                return joining;
            case "joins without topology":
                joining.Topology = null;
                return joining;
            case "topology without joining":
                beating.Topology = Applications.Named("plain");
                return beating;
            case "some kinds of tasks only":
                beating.ActiveTasks = [];
                return beating;
            case "unknown part":
                return Owning(beating, Tasks("q", 0), []);
            case "task beyond the last":
                return Owning(beating, Tasks("p", 4), []);
            case "task below the first":
                return Owning(beating, Tasks("p", -1), []);
            case "unknown group":
                beating.GroupId = "h";
                return beating;
            case "leaves unknown group":
                return new StreamsGroupHeartbeatRequest { GroupId = "h", MemberId = "m", MemberEpoch = -1 };
            case "unknown member":
                beating.MemberId = "x";
                return beating;
            case "unknown member leaves":
                return new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = "x", MemberEpoch = -1 };
            case "epoch ahead":
                beating.MemberEpoch = 4;
                return beating;
            case "epoch behind":
                beating.MemberEpoch = 2;
                return beating;
            case "classic group":
                joining.GroupId = "classic";
                return joining;
            case "consumer group":
                joining.GroupId = "consumer";
                return joining;
            default:
                joining.Topology = Topology(what) ?? joining.Topology;
                return joining;
        }
    }

    private static StreamsGroupHeartbeatRequest.StreamsTopology? Topology(string what)
    {
        var part = Applications.Part("p", ["a"], own: [("r", 2)], changelogs: ["log"]);
        switch (what)
        {
            case "regex":
                part.SourceTopicRegex = ["a.*"];
                break;
            case "changelog with partitions":
                part.StateChangelogTopics[0].Partitions = 4;
                break;
            case "repartition below 0":
                part.RepartitionSourceTopics[0].Partitions = -1;
                break;
            case "part twice":
                return Applications.Of(part, part);
            case "copartition beyond the sources":
                part.CopartitionGroups = [new StreamsGroupHeartbeatRequest.CopartitionGroup { SourceTopics = [0, 1] }];
                break;
            case "copartition beyond the repartitions":
                part.CopartitionGroups = [new StreamsGroupHeartbeatRequest.CopartitionGroup { RepartitionSourceTopics = [-1] }];
                break;
            case "repartition that nobody writes":
                part.RepartitionSourceTopics[0].Partitions = 0;
                break;
            case "circle":
                return Applications.Of(Applications.Part("p", [], own: [("s", 0)], sinks: ["r"]), Applications.Part("q", [], own: [("r", 0)], sinks: ["s"]));
            case "other topology":
                break;
            default:
                return null;
        }

        return Applications.Of(part);
    }

    private static StreamsGroupHeartbeatRequest Owning(
        StreamsGroupHeartbeatRequest request, List<StreamsGroupHeartbeatRequest.TaskIds> active, List<StreamsGroupHeartbeatRequest.TaskIds> warmup)
    {
        request.ActiveTasks = active;
        request.StandbyTasks = [];
        request.WarmupTasks = warmup;
        return request;
    }

    private static StreamsGroupHeartbeatRequest.TaskOffset Offset(string subtopology, int partition, long offset) =>
        new() { SubtopologyId = subtopology, Partition = partition, Offset = offset };

    private static List<StreamsGroupHeartbeatRequest.TaskIds> Tasks(string subtopology, int partition) =>
        [new StreamsGroupHeartbeatRequest.TaskIds { SubtopologyId = subtopology, Partitions = [partition] }];
}
