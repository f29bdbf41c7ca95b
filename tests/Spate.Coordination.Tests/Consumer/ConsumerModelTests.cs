using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>
/// Random members come, beat, fall silent, restart, leave, and lose answers, while topics change, the log refuses
/// and the coordinator moves. After every step nobody reads what another reads, epochs have not gone back, and replay gives the live
/// state; in the end the group settles and everything is read. A failure names its seed and step.
/// </summary>
public sealed class ConsumerModelTests
{
    private const int Steps = 400;
    private const int ReplayEvery = 20;

    private readonly Dictionary<string, int> _epochs = new(StringComparer.Ordinal);
    private int _groupEpoch;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_each_partition_has_one_reader_and_the_group_settles(int seed)
    {
        var random = new Random(seed);
        var bench = new Bench(Bench.NoDelay);
        foreach (var topic in new[] { "a", "b", "c" })
        {
            bench.Topics.Set(topic, random.Next(1, 12));
        }

        var members = Enumerable.Range(0, 6).Select(index => Make(bench, random, $"m{index}")).ToList();
        for (var step = 0; step < Steps; step++)
        {
            var what = Act(ref bench, random, members);
            if (Fault(bench, members, step % ReplayEvery == 0) is { } fault)
            {
                Assert.Fail($"seed {seed}, step {step}, {what}: {fault}\n{bench.Dump()}");
            }
        }

        Settle(bench, members, seed);
        Assert.Empty(bench.Breakages);
    }

    private static TestConsumer Make(Bench bench, Random random, string id)
    {
        var member = new TestConsumer(bench, id)
        {
            InstanceId = random.Next(3) == 0 ? $"i-{id}" : null,
            Assignor = random.Next(3) switch { 0 => "uniform", 1 => "range", _ => null },
            Rack = random.Next(2) == 0 ? null : "r",
        };
        Subscribe(member, random);
        return member;
    }

    private static void Subscribe(TestConsumer member, Random random)
    {
        if (random.Next(4) == 0)
        {
            member.SubscribeTo(random.Next(2) == 0 ? "[ab]" : ".*");
        }
        else
        {
            member.Subscribe([.. new[] { "a", "b", "c", "none" }.Where(_ => random.Next(2) == 0)]);
        }
    }

    private string Act(ref Bench bench, Random random, List<TestConsumer> members)
    {
        var member = members[random.Next(members.Count)];
        switch (random.Next(20))
        {
            case 0:
                var topic = new[] { "a", "b", "c", "d" }[random.Next(4)];
                bench.Topics.Set(topic, random.Next(1, 6) + (bench.Topics.Current.Find(topic)?.PartitionCount ?? 0));
                return $"{topic} grows";
            case 1:
                bench.Topics.Delete(new[] { "b", "c", "d" }[random.Next(3)]);
                return "a topic goes";
            case 2:
                bench = bench.TakeOver(Bench.NoDelay);
                return "the coordinator moves";
            case 3:
                bench.Pass(random.Next(1, 20));
                return "time passes";
            case 4:
                Subscribe(member, random);
                return $"{member.Id} subscribes";
            case 5:
                Leave(bench, member, member.InstanceId is not null && random.Next(2) == 0 ? -2 : -1);
                return $"{member.Id} leaves";
            case 6:
                member.Restart(member.Id[..2] + random.Next(1000));
                return $"{member.Id} restarts";
            case 7:
                Bench.Now(bench.Beat(member.Request()));
                member.LoseAnswer();
                return $"the answer to {member.Id} is lost";
            case 8:
                bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
                member.Beat(bench);
                bench.Log.Verdict = () => ErrorCode.None;
                return $"the log refuses {member.Id}";
            case 9:
                member.IsSlow = !member.IsSlow;
                if (!member.IsSlow)
                {
                    member.GiveUp();
                }

                return $"{member.Id} holds on or gives up";
            default:
                member.Beat(bench);
                return $"{member.Id} beats";
        }
    }

    private static void Leave(Bench bench, TestConsumer member, int epoch)
    {
        Bench.Now(bench.Beat(new ConsumerGroupHeartbeatRequest { GroupId = "g", MemberId = member.Id, InstanceId = member.InstanceId, MemberEpoch = epoch }));
        member.Restart();
    }

    private string? Fault(Bench bench, List<TestConsumer> members, bool replays)
    {
        if (replays && bench.Dump() != bench.TakeOver(Bench.NoDelay).Dump())
        {
            return "replay gives another state";
        }

        if (Bench.Now(bench.Coordinator.ReadAsync("g", shard => shard.Find("g")?.Consumer, _ => null).AsTask()) is not { } group)
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
        return EpochFault(group) ?? OwnerFault(group) ?? ReaderFault(group, members);
    }

    private string? EpochFault(ConsumerGroup group)
    {
        foreach (var member in group.Members)
        {
            if (member.Current.Epoch >= 0)
            {
                if (member.Current.Epoch < _epochs.GetValueOrDefault(member.Id))
                {
                    return $"{member.Id} went back from {_epochs[member.Id]} to {member.Current.Epoch}";
                }

                _epochs[member.Id] = member.Current.Epoch;
            }

            if (member.Current.Epoch > group.AssignmentEpoch)
            {
                return $"{member.Id} is ahead of the assignment";
            }
        }

        return group.AssignmentEpoch > group.Epoch ? "the assignment is ahead of the group" : null;
    }

    private static string? OwnerFault(ConsumerGroup group)
    {
        var all = PartitionSet.Empty;
        foreach (var member in group.Members)
        {
            var held = member.Current.Assigned.Union(member.Current.PendingRevocation);
            if (all.Overlaps(held))
            {
                return $"{member.Id} holds what another holds";
            }

            all = all.Union(held);
        }

        return null;
    }

    /// <summary>A client that the group knows as it knows itself reads nothing that another such client reads.</summary>
    private static string? ReaderFault(ConsumerGroup group, List<TestConsumer> members)
    {
        var all = PartitionSet.Empty;
        foreach (var member in members)
        {
            if (member.Epoch == 0 || !group.TryGetMember(member.Id, out var known) || (member.Epoch != known.Current.Epoch && member.Epoch != known.Current.PreviousEpoch))
            {
                continue;
            }

            if (all.Overlaps(member.Owned))
            {
                return $"{member.Id} reads what another reads";
            }

            all = all.Union(member.Owned);
        }

        return null;
    }

    private static void Settle(Bench bench, List<TestConsumer> members, int seed)
    {
        foreach (var member in members)
        {
            member.GiveUp();
        }

        bench.Pass(50);
        for (var round = 0; round < 40; round++)
        {
            foreach (var member in members)
            {
                member.Beat(bench);
            }
        }

        var group = Bench.Now(bench.Coordinator.ReadAsync("g", shard => shard.Find("g")!.Consumer!, _ => null!).AsTask());
        Assert.True(group.State == ConsumerGroupState.Stable, $"seed {seed} never settles:\n{bench.Dump()}");
        var read = members.Aggregate(PartitionSet.Empty, (all, member) => all.Union(member.Owned));
        var wanted = new SubscriptionView(bench.Topics.Current, group.Regexes).Subscribed(group.Members);
        Assert.Equal(wanted.Sum(topic => topic.PartitionCount), read.Count);
        Assert.Equal(read.Count, members.Sum(member => member.Owned.Count));
    }
}
