using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>What a ConsumerGroupHeartbeat is refused for, and with what.</summary>
public sealed class HeartbeatRulesTests
{
    public static TheoryData<string, short, ErrorCode> Odd => new()
    {
        { "no group", 1, ErrorCode.InvalidRequest },
        { "no id", 1, ErrorCode.InvalidRequest },
        { "no id", 0, ErrorCode.None },
        { "no id, epoch 3", 0, ErrorCode.InvalidRequest },
        { "no id, leaving", 0, ErrorCode.InvalidRequest },
        { "empty instance", 1, ErrorCode.InvalidRequest },
        { "empty rack", 1, ErrorCode.InvalidRequest },
        { "epoch -3", 1, ErrorCode.InvalidRequest },
        { "away without instance", 1, ErrorCode.InvalidRequest },
        { "joins without timeout", 1, ErrorCode.InvalidRequest },
        { "joins without partitions", 1, ErrorCode.InvalidRequest },
        { "joins with partitions", 1, ErrorCode.InvalidRequest },
        { "joins without subscription", 1, ErrorCode.InvalidRequest },
        { "unknown assignor", 1, ErrorCode.UnsupportedAssignor },
        { "broken regex", 1, ErrorCode.InvalidRegularExpression },
        { "endless regex", 1, ErrorCode.InvalidRegularExpression },
        { "long regex", 1, ErrorCode.InvalidRegularExpression },
        { "unknown group", 1, ErrorCode.GroupIdNotFound },
        { "leaves unknown group", 1, ErrorCode.GroupIdNotFound },
        { "unknown member", 1, ErrorCode.UnknownMemberId },
        { "unknown member leaves", 1, ErrorCode.UnknownMemberId },
        { "unknown instance", 1, ErrorCode.UnknownMemberId },
        { "unknown instance leaves", 1, ErrorCode.UnknownMemberId },
        { "instance of another", 1, ErrorCode.FencedInstanceId },
        { "instance of another leaves", 1, ErrorCode.FencedInstanceId },
        { "epoch ahead", 1, ErrorCode.FencedMemberEpoch },
        { "epoch behind", 1, ErrorCode.FencedMemberEpoch },
        { "classic group", 1, ErrorCode.GroupIdNotFound },
        { "one too many", 1, ErrorCode.GroupMaxSizeReached },
        { "member of a full group", 1, ErrorCode.None },
    };

    [Theory]
    [MemberData(nameof(Odd))]
    public void Odd_heartbeats_are_told_what_is_wrong_and_change_nothing(string what, short version, ErrorCode error)
    {
        var bench = new Bench(Bench.NoDelay with { Consumer = new ConsumerGroupOptions { MaxSize = 3, MigrationPolicy = ConsumerMigrationPolicy.Disabled } });
        bench.Topics.Set("a", 4);
        var member = new TestConsumer(bench, "m");
        member.Subscribe("a");
        member.Beat();
        var other = new TestConsumer(bench, "s") { InstanceId = "i" };
        other.Subscribe("a");
        other.Beat();
        member.Beat();
        other.Beat();
        member.Beat();
        Bench.Now(bench.Join(group: "classic"));
        var third = new TestConsumer(bench, "x");
        if (what is "one too many" or "member of a full group")
        {
            third.Subscribe("a");
            third.Beat();
        }

        var before = bench.Dump();
        var records = bench.Log.Records.Count;

        var request = Request();
        switch (what)
        {
            case "no group": request.GroupId = ""; break;
            case "no id": request.MemberId = ""; break;
            case "no id, epoch 3": (request.MemberId, request.MemberEpoch) = ("", 3); break;
            case "no id, leaving": (request.MemberId, request.MemberEpoch) = ("", -1); break;
            case "empty instance": request.InstanceId = ""; break;
            case "empty rack": request.RackId = ""; break;
            case "epoch -3": request.MemberEpoch = -3; break;
            case "away without instance": request.MemberEpoch = -2; break;
            case "joins without timeout": request.RebalanceTimeoutMs = -1; break;
            case "joins without partitions": request.TopicPartitions = null; break;
            case "joins with partitions": request.TopicPartitions!.Add(new() { TopicId = bench.Topics.IdOf("a"), Partitions = [0] }); break;
            case "joins without subscription": request.SubscribedTopicNames = null; break;
            case "unknown assignor": request.ServerAssignor = "mine"; break;
            case "broken regex": request.SubscribedTopicRegex = "a("; break;
            case "endless regex": request.SubscribedTopicRegex = "((a{1000}){1000}){1000}"; break;
            case "long regex": request.SubscribedTopicRegex = new string('a', 5000); break;
            case "unknown group": (request.GroupId, request.MemberEpoch) = ("none", 1); break;
            case "leaves unknown group": (request.GroupId, request.MemberEpoch) = ("none", -1); break;
            case "unknown member": request.MemberEpoch = 1; break;
            case "unknown member leaves": request.MemberEpoch = -1; break;
            case "unknown instance": (request.InstanceId, request.MemberEpoch) = ("j", 1); break;
            case "unknown instance leaves": (request.InstanceId, request.MemberEpoch) = ("j", -2); break;
            case "instance of another": (request.InstanceId, request.MemberEpoch) = ("i", 1); break;
            case "instance of another leaves": (request.InstanceId, request.MemberEpoch) = ("i", -1); break;
            case "epoch ahead": (request.MemberId, request.MemberEpoch) = ("m", 9); break;
            case "epoch behind": (request.MemberId, request.MemberEpoch, request.TopicPartitions) = ("m", 1, null); break;
            case "classic group": request.GroupId = "classic"; break;
            case "one too many": break;
            case "member of a full group": (request.MemberId, request.MemberEpoch) = ("m", member.Epoch); break;
        }

        var response = Bench.Now(bench.Beat(request, version));

        Assert.Equal(error, response.ErrorCode);
        if (error != ErrorCode.None)
        {
            Assert.False(string.IsNullOrEmpty(response.ErrorMessage));
            Assert.Equal(before, bench.Dump());
            Assert.Equal(records, bench.Log.Records.Count);
        }
    }

    [Fact]
    public void Lost_answer_is_made_up_for_by_the_epoch_before_and_nothing_that_is_not_to_be_had()
    {
        var bench = new Bench();
        bench.Topics.Set("a", 4);
        var first = new TestConsumer(bench, "m");
        first.Subscribe("a");
        first.Beat();
        var second = new TestConsumer(bench, "n");
        second.Subscribe("a");
        second.Beat();
        first.Beat();
        var asked = first.Request();
        var lost = Bench.Now(bench.Beat(asked));
        var again = Bench.Now(bench.Beat(asked));
        Assert.Equal((ErrorCode.None, 2, 2), (again.ErrorCode, lost.MemberEpoch, again.MemberEpoch));
    }

    [Fact]
    public void Switched_off_protocol_is_not_spoken()
    {
        var bench = new Bench(Bench.Defaults with { Consumer = new ConsumerGroupOptions { IsEnabled = false } });
        Assert.Equal(ErrorCode.UnsupportedVersion, Bench.Now(bench.Beat(Request())).ErrorCode);
    }

    private static ConsumerGroupHeartbeatRequest Request() => new()
    {
        GroupId = "g",
        MemberId = "new",
        RebalanceTimeoutMs = 1000,
        SubscribedTopicNames = ["a"],
        TopicPartitions = [],
    };
}
