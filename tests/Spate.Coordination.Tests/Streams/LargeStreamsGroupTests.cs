using System.Diagnostics;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Tests.Harness;
using Xunit.Abstractions;

namespace Spate.Coordination.Tests.Streams;

/// <summary>An application of three hundred members in a hundred processes, with three thousand tasks and a copy of each.</summary>
public sealed class LargeStreamsGroupTests(ITestOutputHelper output)
{
    private const int Members = 300;
    private const int Processes = 100;
    private const int Tasks = 3000;

    /// <summary>One to be told what to give up, one to say that it is given up, one to get what others gave up; and one for those who came too early.</summary>
    private const int RoundsMax = 4;

    [Fact]
    public void All_come_at_once_and_then_one_more_and_have_their_share_after_a_few_heartbeats_each()
    {
        var bench = new Bench();
        bench.Settings.Streams = new StreamsGroupSettings(StandbyReplicas: 1);
        bench.Topics.Set("a", Tasks);
        bench.Topics.Set("counts", Tasks);
        var members = Enumerable.Range(0, Members)
            .Select(index => new TestInstance($"m{index:d4}") { Topology = Applications.Named("counting"), Process = $"p{index % Processes}" })
            .ToList();
        var clock = Stopwatch.StartNew();
        members.ForEach(member => member.Beat(bench));
        bench.Pass(4);
        Settle(bench, members, "the first assignment", clock);

        members.Add(new TestInstance("m9999") { Topology = Applications.Named("counting"), Process = "new" });
        Settle(bench, members, "one more member", clock);
        Assert.Equal(2, bench.Coordinator.Figures.StreamsRebalances);
    }

    private void Settle(Bench bench, List<TestInstance> members, string what, Stopwatch clock)
    {
        for (var round = 0; round < RoundsMax; round++)
        {
            members.ForEach(member => member.Beat(bench));
        }

        output.WriteLine($"{what}: {clock.Elapsed.TotalMilliseconds:f0} ms, {bench.Log.Records.Count} records so far.");
        Assert.Equal("Stable", bench.DescribeStreams().GroupState);
        Assert.Equal((Tasks, Tasks), (Count(members, TaskRole.Active), Count(members, TaskRole.Standby)));
        Assert.Equal(Tasks, members.Aggregate(TaskSet.Empty, (all, member) => all.Union(member.Owned.Active)).Count);
        Assert.InRange(members.Max(member => member.Owned.Active.Count) - members.Min(member => member.Owned.Active.Count), 0, 1);
    }

    private static int Count(List<TestInstance> members, TaskRole role) => members.Sum(member => member.Owned.In(role).Count);
}
