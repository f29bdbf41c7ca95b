using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Streams;

/// <summary>What is known of members from the offsets that they tell, heartbeat by heartbeat.</summary>
public sealed class ToldOffsetsTests
{
    private static readonly TaskId Task = new("c", 1);

    [Fact]
    public void Nothing_is_known_of_a_member_that_was_not_heard_to_join() => Assert.Null(ToldOffsets.After(null, Beat(1)));

    [Fact]
    public void Who_joins_without_telling_tells_nothing_whatever_was_known()
    {
        var told = ToldOffsets.After(null, Beat(1, [10], [20]))!;
        Assert.Equal((true, 10L), (told.Tells, told.LagOf(Task)));
        Assert.Same(ToldOffsets.Silent, ToldOffsets.After(told, Beat(0)));
        Assert.False(ToldOffsets.Silent.Tells);
    }

    [Fact]
    public void What_is_left_out_is_as_it_was_and_what_is_there_counts_altogether()
    {
        var told = ToldOffsets.After(null, Beat(0, [10], [20]))!;
        Assert.Same(told, ToldOffsets.After(told, Beat(1)));
        Assert.Equal(5, ToldOffsets.After(told, Beat(1, [15], null))!.LagOf(Task));
        Assert.Equal(20, ToldOffsets.After(told, Beat(1, null, [30]))!.LagOf(Task));
        Assert.Null(ToldOffsets.After(told, Beat(1, [], null))!.LagOf(Task));
    }

    [Fact]
    public void Who_tells_only_one_of_both_tells_nothing_that_can_be_held_against_it()
    {
        Assert.False(ToldOffsets.After(null, Beat(0, [10], null))!.Tells);
        Assert.False(ToldOffsets.After(null, Beat(0, null, [10]))!.Tells);
        Assert.True(ToldOffsets.After(null, Beat(0, [], []))!.Tells);
    }

    [Fact]
    public void Same_is_what_says_the_same()
    {
        Assert.Equal(ToldOffsets.After(null, Beat(0, [10], [20])), ToldOffsets.After(null, Beat(1, [10], [20])));
        Assert.NotEqual(ToldOffsets.After(null, Beat(0, [10], [20])), ToldOffsets.After(null, Beat(0, [10], [21])));
        Assert.NotEqual(ToldOffsets.After(null, Beat(0, [], [])), ToldOffsets.Silent);
    }

    [Fact]
    public void Offsets_are_described_as_told_are_not_logged_and_go_with_their_member()
    {
        var bench = new Bench();
        bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0);
        bench.Topics.Set("a", 4);
        bench.Topics.Set("counts", 4);
        var member = new TestInstance("m") { Topology = Applications.Named("counting"), Lags = new(TaskId.Order) { [Task] = 7 } };
        member.Beat(bench);
        member.Beat(bench);
        var written = bench.Log.Records.Count;
        member.Lags[Task] = 3;
        member.Tell();
        member.Beat(bench);

        var described = Assert.Single(bench.DescribeStreams().Members);
        Assert.Equal(3, Assert.Single(described.TaskEndOffsets).Offset - Assert.Single(described.TaskOffsets).Offset);
        Assert.Equal(written, bench.Log.Records.Count);

        var moved = bench.TakeOver();
        Assert.Empty(Assert.Single(moved.DescribeStreams().Members).TaskOffsets);
        member.Tell();
        member.Beat(moved);
        Assert.Equal(Task, new TaskId(moved.DescribeStreams().Members[0].TaskOffsets[0].SubtopologyId, moved.DescribeStreams().Members[0].TaskOffsets[0].Partition));
        Bench.Now(moved.Beat(member.Farewell()));
        member.Restart();
        member.Lags = null;
        member.Beat(moved);
        Assert.Empty(Assert.Single(moved.DescribeStreams().Members).TaskOffsets);
    }

    [Fact]
    public void What_the_log_refuses_is_not_taken_in_and_is_told_again()
    {
        var bench = new Bench();
        bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0, AcceptableRecoveryLag: 100);
        bench.Topics.Set("a", 2);
        bench.Topics.Set("counts", 2);
        TestInstance[] members = [.. "ab".Select(name => new TestInstance($"{name}") { Topology = Applications.Named("counting"), Lags = new(TaskId.Order) })];
        Array.ForEach(members, member => member.Beat(bench));
        Assert.False(members[1].Owned.Warmup.IsEmpty);
        members[1].Lags![Task] = 0;
        members[1].Tell();
        bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
        Assert.NotEqual(ErrorCode.None, members[1].Beat(bench).Response.ErrorCode);
        Assert.Empty(bench.DescribeStreams().Members[1].TaskOffsets);

        bench.Log.Verdict = () => ErrorCode.None;
        members[1].Beat(bench);
        Assert.True(members[1].Owned.Warmup.IsEmpty);
        Assert.Equal(1, Assert.Single(bench.DescribeStreams().Members[1].TargetAssignment.ActiveTasks).Partitions[0]);
    }

    private static StreamsGroupHeartbeatRequest Beat(int epoch, long[]? offsets = null, long[]? ends = null) => new()
    {
        MemberEpoch = epoch,
        TaskOffsets = offsets?.Select(Offset).ToList(),
        TaskEndOffsets = ends?.Select(Offset).ToList(),
    };

    private static StreamsGroupHeartbeatRequest.TaskOffset Offset(long offset) => new() { SubtopologyId = Task.Subtopology, Partition = Task.Partition, Offset = offset };
}
