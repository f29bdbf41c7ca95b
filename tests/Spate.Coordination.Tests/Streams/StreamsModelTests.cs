using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Streams;

/// <summary>
/// Random instances come, beat, beat again with what they said before, fall silent, restart, leave and lose answers, while topics come, grow and
/// go, the log refuses and the coordinator moves. After every step no task is done twice, no process has one twice, epochs have not gone back,
/// tasks with state go only where it has caught up, by what members tell; and replay gives the live state; in the end all tasks are done. A failure names its seed and step.
/// </summary>
public sealed class StreamsModelTests
{
    private const int Steps = 400;
    private const int ReplayEvery = 20;

    private static readonly StreamsGroupHeartbeatRequest.StreamsTopology Application = Applications.Of(
        Applications.Part("1", ["a"], sinks: ["r"], changelogs: ["counts"]),
        Applications.Part("2", ["b"], own: [("r", 0)]));

    private readonly Dictionary<string, int> _epochs = new(StringComparer.Ordinal);
    private readonly List<StreamsGroupHeartbeatRequest> _past = [];
    private int _groupEpoch;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_each_task_is_done_once_and_the_group_settles(int seed)
    {
        var random = new Random(seed);
        var bench = New(random, new Bench());
        var tells = random.Next(3) > 0;
        bench.Topics.Set("a", random.Next(1, 8));
        bench.Topics.Set("b", random.Next(1, 8));
        Mend(bench);
        var members = Enumerable.Range(0, 6).Select(index => new TestInstance($"m{index}") { Topology = Application, Process = $"p{random.Next(4)}", Lags = tells && random.Next(4) > 0 ? new(TaskId.Order) : null }).ToList();
        for (var step = 0; step < Steps; step++)
        {
            var what = Act(ref bench, random, members);
            if (Fault(bench, members, step % ReplayEvery == 0) is { } fault)
            {
                Assert.Fail($"seed {seed}, step {step}, {what}: {fault}\n{bench.Dump()}");
            }
        }

        Settle(bench, members, random, seed);
        Assert.Empty(bench.Breakages);
    }

    private static Bench New(Random random, Bench bench)
    {
        bench.Settings.Streams = new StreamsGroupSettings(StandbyReplicas: random.Next(3), InitialRebalanceDelayMs: random.Next(2) * 3000, WarmupReplicas: random.Next(4), AcceptableRecoveryLag: 100);
        return bench;
    }

    /// <summary>Gives the application the topics that it needs, as wide as it needs them.</summary>
    private static void Mend(Bench bench)
    {
        foreach (var name in new[] { "a", "b" }.Where(name => bench.Topics.Current.Find(name) is null))
        {
            bench.Topics.Set(name, 3);
        }

        bench.Topics.Delete("r");
        bench.Topics.Delete("counts");
        foreach (var topic in TopologyPlan.Of(StreamsTopology.Of(Application), bench.Topics.Current).MissingTopics)
        {
            bench.Topics.Set(topic.Name, topic.NumPartitions);
        }
    }

    private string Act(ref Bench bench, Random random, List<TestInstance> members)
    {
        var member = members[random.Next(members.Count)];
        Restore(random, member);
        switch (random.Next(22))
        {
            case 0:
                var topic = new[] { "a", "b", "d" }[random.Next(3)];
                bench.Topics.Set(topic, random.Next(1, 4) + (bench.Topics.Current.Find(topic)?.PartitionCount ?? 0));
                return $"{topic} grows";
            case 1:
                bench.Topics.Delete(new[] { "a", "b", "r", "counts" }[random.Next(4)]);
                return "a topic goes";
            case 2 or 3:
                Mend(bench);
                return "topics are mended";
            case 4:
                bench = New(random, bench.TakeOver());
                return "the coordinator moves";
            case 5:
                bench.Pass(random.Next(1, 20));
                return "time passes";
            case 6:
                Bench.Now(bench.Beat(new StreamsGroupHeartbeatRequest { GroupId = "g", MemberId = member.Id, MemberEpoch = -1 }));
                member.Restart();
                return $"{member.Id} leaves";
            case 7:
                member.Restart(random.Next(2) == 0 ? null : member.Id[..2] + random.Next(1000));
                member.Process = $"p{random.Next(4)}";
                return $"{member.Id} restarts in {member.Process}";
            case 8:
                Bench.Now(bench.Beat(member.Request()));
                member.LoseAnswer();
                return $"the answer to {member.Id} is lost";
            case 9:
                bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
                member.Beat(bench);
                bench.Log.Verdict = () => ErrorCode.None;
                return $"the log refuses {member.Id}";
            case 10:
                member.IsSlow = !member.IsSlow;
                if (!member.IsSlow)
                {
                    member.GiveUp();
                }

                return $"{member.Id} holds on or gives up";
            case 11 when _past.Count > 0:
                // What comes late is not heard by the instance any more; one that it had begun anew after would be another process.
                var late = _past[random.Next(_past.Count)];
                if (late.MemberEpoch > 0)
                {
                    Bench.Now(bench.Beat(late));
                }

                return $"a heartbeat of {late.MemberId} in {late.MemberEpoch} comes late";
            default:
                _past.Add(member.Request());
                member.Beat(bench);
                if (_past.Count > 10)
                {
                    _past.RemoveAt(0);
                }

                return $"{member.Id} beats";
        }
    }

    /// <summary>What it has of the state that it keeps is somewhat more, of what it has left nothing is told any more; now and then it tells.</summary>
    private static void Restore(Random random, TestInstance member)
    {
        if (member.Lags is not { } lags)
        {
            return;
        }

        var keeps = member.Owned.Active.Union(member.Owned.Standby).Union(member.Owned.Warmup).ToPairs()
            .Where(pair => pair.Topic == "1")
            .SelectMany(pair => pair.Partitions.Select(partition => new TaskId(pair.Topic, partition)))
            .ToList();
        member.Lags = new SortedDictionary<TaskId, long>(keeps.ToDictionary(task => task, task => Math.Max(0, lags.GetValueOrDefault(task, 500) - random.Next(200))), TaskId.Order);
        if (random.Next(2) == 0)
        {
            member.Tell();
        }
    }

    private string? Fault(Bench bench, List<TestInstance> members, bool replays)
    {
        if (replays && bench.Dump() != bench.TakeOver().Dump())
        {
            return "replay gives another state";
        }

        if (Group(bench) is not { } group)
        {
            // Empty for so long that it was forgotten: it may begin anew.
            _groupEpoch = 0;
            _epochs.Clear();
            return null;
        }

        if (group.Epoch < _groupEpoch)
        {
            return $"the epoch went back from {_groupEpoch} to {group.Epoch}";
        }

        _groupEpoch = group.Epoch;
        return EpochFault(group) ?? OwnerFault(group) ?? WorkerFault(group, members);
    }

    private static StreamsGroup? Group(Bench bench) => Bench.Now(bench.Coordinator.ReadAsync("g", shard => shard.Find("g")?.Streams, _ => null).AsTask());

    private string? EpochFault(StreamsGroup group)
    {
        foreach (var member in group.Members)
        {
            if (member.Current.Epoch < _epochs.GetValueOrDefault(member.Id))
            {
                return $"{member.Id} went back from {_epochs[member.Id]} to {member.Current.Epoch}";
            }

            _epochs[member.Id] = member.Current.Epoch;
            if (member.Current.Epoch > Math.Max(1, group.AssignmentEpoch))
            {
                return $"{member.Id} is ahead of the assignment";
            }
        }

        return group.AssignmentEpoch > group.Epoch ? "the assignment is ahead of the group" : null;
    }

    private static string? OwnerFault(StreamsGroup group)
    {
        var active = TaskSet.Empty;
        foreach (var member in group.Members)
        {
            var held = member.Current.Assigned.Active.Union(member.Current.PendingRevocation.Active);
            if (active.Overlaps(held))
            {
                return $"{member.Id} does what another does";
            }

            active = active.Union(held);
        }

        foreach (var process in group.Members.GroupBy(member => member.Metadata.ProcessId))
        {
            var all = TaskSet.Empty;
            foreach (var held in process.Select(member => member.Current.Assigned.Union(member.Current.PendingRevocation)))
            {
                var each = held.Active.Union(held.Standby).Union(held.Warmup);
                if (all.Overlaps(each) || each.Count < held.Count)
                {
                    return $"{process.Key} has a task twice";
                }

                all = all.Union(each);
            }
        }

        return null;
    }

    /// <summary>An instance that the group knows as it knows itself does nothing that another such instance does.</summary>
    private static string? WorkerFault(StreamsGroup group, List<TestInstance> members)
    {
        var all = TaskSet.Empty;
        foreach (var member in members)
        {
            if (member.Epoch == 0 || !group.TryGetMember(member.Id, out var known) || (member.Epoch != known.Current.Epoch && member.Epoch != known.Current.PreviousEpoch))
            {
                continue;
            }

            if (all.Overlaps(member.Owned.Active))
            {
                return $"{member.Id} works on what another works on";
            }

            all = all.Union(member.Owned.Active);
        }

        return null;
    }

    private static void Settle(Bench bench, List<TestInstance> members, Random random, int seed)
    {
        Mend(bench);
        foreach (var member in members)
        {
            member.GiveUp();
        }

        bench.Pass(50);
        for (var round = 0; round < 60; round++)
        {
            bench.Pass(1);
            foreach (var member in members)
            {
                Restore(random, member);
                member.Tell();
                member.Beat(bench);
            }
        }

        var group = Group(bench)!;
        Assert.True(group.State == StreamsGroupState.Stable, $"seed {seed} never settles:\n{bench.Dump()}");
        var plan = TopologyPlan.Of(StreamsTopology.Of(Application), bench.Topics.Current);
        var done = members.Aggregate(TaskSet.Empty, (all, member) => all.Union(member.Owned.Active));
        Assert.Equal(plan.Subtopologies.Sum(each => each.Tasks), done.Count);
        Assert.Equal(done.Count, members.Sum(member => member.Owned.Active.Count));
        var processes = members.Select(member => member.Process).Distinct().Count();
        Assert.All(members, member => Assert.True(member.Owned.Warmup.IsEmpty, $"seed {seed}: {member.Id} still warms up\n{bench.Dump()}"));
        Assert.InRange(members.Max(member => member.Owned.Active.Count) - members.Min(member => member.Owned.Active.Count), 0, 1);
        Assert.Equal(plan.Subtopologies[0].Tasks * Math.Min(bench.Settings.Streams.StandbyReplicas, processes - 1), members.Sum(member => member.Owned.Standby.Count));
    }
}
