using Spate.Coordination.Groups.Share;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Shares;

/// <summary>
/// Random members of a share group come, beat, fall silent, restart, leave and lose answers, while topics come and go, offsets are set and forgotten, the group is
/// deleted, the log refuses, the keeper of delivery state refuses, hangs and breaks, and the coordinator moves. After every step nothing is assigned whose state is not
/// there, epochs have not gone back, and replay gives the live state; in the end everything that is read has a reader, and the keeper keeps what the group knows of and
/// nothing else. A failure names its seed and step.
/// </summary>
public sealed class ShareGroupModelTests
{
    private const int Steps = 400;
    private const int ReplayEvery = 20;

    private readonly Dictionary<string, int> _epochs = new(StringComparer.Ordinal);
    private readonly List<Task> _asked = [];
    private int _groupEpoch;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_happens_what_is_read_is_assigned_when_it_is_there_and_nothing_is_left_behind(int seed)
    {
        var random = new Random(seed);
        var bench = new Bench(Bench.NoDelay);
        foreach (var topic in new[] { "a", "b", "c" })
        {
            bench.Topics.Set(topic, random.Next(1, 6));
        }

        var members = Enumerable.Range(0, 6).Select(index => new TestShareMember($"m{index}")).ToList();
        members.ForEach(member => Subscribe(member, random));
        for (var step = 0; step < Steps; step++)
        {
            var what = Act(ref bench, random, members);
            if (Fault(bench, step % ReplayEvery == 0) is { } fault)
            {
                Assert.Fail($"seed {seed}, step {step}, {what}: {fault}\n{bench.Dump()}");
            }
        }

        Settle(bench, members, seed);
    }

    private static void Subscribe(TestShareMember member, Random random)
    {
        string[] topics = [.. new[] { "a", "b", "c", "none" }.Where(_ => random.Next(2) == 0)];
        member.Subscribe(topics.Length == 0 && member.Epoch == 0 ? ["a"] : topics);
    }

    private string Act(ref Bench bench, Random random, List<TestShareMember> members)
    {
        var member = members[random.Next(members.Count)];
        var topic = new[] { "a", "b", "c", "d" }[random.Next(4)];
        switch (random.Next(24))
        {
            case 0:
                bench.Topics.Set(topic, random.Next(1, 3) + (bench.Topics.Current.Find(topic)?.PartitionCount ?? 0));
                return $"{topic} grows";
            case 1:
                bench.Topics.Delete(topic);
                if (random.Next(2) == 0)
                {
                    _asked.Add(bench.Coordinator.ForgetTopicsAsync([topic]).AsTask());
                }

                return $"{topic} goes";
            case 2:
                bench = Move(bench);
                return "the coordinator moves";
            case 3:
                bench.Pass(random.Next(1, 20));
                return "time passes";
            case 4:
                Subscribe(member, random);
                return $"{member.Id} subscribes";
            case 5:
                member.Leave(bench);
                Subscribe(member, random);
                return $"{member.Id} leaves";
            case 6:
                member.Restart(random.Next(2) == 0 ? null : member.Id[..2] + random.Next(1000));
                return $"{member.Id} restarts";
            case 7:
                Bench.Now(bench.Beat(member.Request()));
                return $"the answer to {member.Id} is lost";
            case 8:
                bench.Log.Verdict = () => ErrorCode.NotEnoughReplicas;
                member.Beat(bench);
                bench.Log.Verdict = () => ErrorCode.None;
                return $"the log refuses {member.Id}";
            case 9:
                return Keep(bench, random);
            case 10:
                _asked.Add(bench.Delete());
                return "the group is deleted";
            case 11:
                _asked.Add(bench.Coordinator.ShareGroups.DeleteOffsetsAsync(new DeleteShareGroupOffsetsRequest { GroupId = "g", Topics = [new() { TopicName = topic }] }).AsTask());
                return $"{topic} is forgotten";
            case 12:
                _asked.Add(bench.Coordinator.ShareGroups.AlterOffsetsAsync(new AlterShareGroupOffsetsRequest
                {
                    GroupId = "g",
                    Topics = [new() { TopicName = topic, Partitions = [new() { PartitionIndex = random.Next(3), StartOffset = random.Next(100) }] }],
                }).AsTask());
                return $"{topic} is set";
            default:
                member.Beat(bench);
                return $"{member.Id} beats";
        }
    }

    private static string Keep(Bench bench, Random random)
    {
        var keeper = bench.Keeper;
        switch (random.Next(5))
        {
            case 0:
                keeper.Verdict = (_, partition) => partition % 2 == 0 ? ErrorCode.CoordinatorLoadInProgress : ErrorCode.None;
                return "the keeper refuses";
            case 1:
                keeper.Hangs = true;
                return "the keeper hangs";
            case 2:
                keeper.Failure = new InvalidOperationException("The keeper is broken.");
                return "the keeper breaks";
            default:
                keeper.Verdict = (_, _) => ErrorCode.None;
                keeper.Failure = null;
                keeper.Release();
                return "the keeper serves";
        }
    }

    /// <summary>The one who had the group before asks for nothing more; what it has asked may still be done.</summary>
    private static Bench Move(Bench bench)
    {
        Assert.True(bench.Coordinator.UnloadAsync(0, 2).IsCompleted, "The coordinator should have let go.");
        return bench.TakeOver(Bench.NoDelay);
    }

    private string? Fault(Bench bench, bool replays)
    {
        if (replays && bench.Dump() != Replay(bench))
        {
            return "replay gives another state";
        }

        if (Find(bench) is not { } group)
        {
            _groupEpoch = 0;
            _epochs.Clear();
            return null;
        }

        if (group.Epoch < _groupEpoch)
        {
            return $"the epoch went back from {_groupEpoch} to {group.Epoch}";
        }

        _groupEpoch = group.Epoch;
        return EpochFault(group) ?? StateFault(group, bench.Keeper);
    }

    /// <summary>What a coordinator makes of the log that cannot go on from there: its log refuses everything, and its keeper hangs.</summary>
    private static string Replay(Bench bench)
    {
        var log = new MemoryLog { Verdict = () => ErrorCode.NotEnoughReplicas };
        log.Entries.AddRange(bench.Log.Entries);
        var copy = new Bench(Bench.NoDelay, log, 2, bench.Time, bench.Topics, new TestShareStates { Hangs = true });
        var dump = copy.Dump();
        Assert.True(copy.Coordinator.UnloadAsync(0, 2).IsCompleted, "The copy should have let go.");
        return dump;
    }

    private static ShareGroup? Find(Bench bench) => Bench.Now(bench.Coordinator.ReadAsync("g", shard => shard.Find("g")?.Share, _ => null).AsTask());

    private string? EpochFault(ShareGroup group)
    {
        foreach (var member in group.Members)
        {
            if (member.Current.Epoch < _epochs.GetValueOrDefault(member.Id))
            {
                return $"{member.Id} went back from {_epochs[member.Id]} to {member.Current.Epoch}";
            }

            _epochs[member.Id] = member.Current.Epoch;
            if (member.Current.Epoch > group.AssignmentEpoch)
            {
                return $"{member.Id} is ahead of the assignment";
            }
        }

        foreach (var gone in _epochs.Keys.Where(id => !group.TryGetMember(id, out _)).ToList())
        {
            _epochs.Remove(gone);
        }

        return group.AssignmentEpoch > group.Epoch ? "the assignment is ahead of the group" : null;
    }

    /// <summary>State that the group says is there, is there; and what is there, the group knows of.</summary>
    private static string? StateFault(ShareGroup group, TestShareStates keeper)
    {
        foreach (var (topic, partitions) in group.Ledger.Initialized.ToPairs())
        {
            foreach (var partition in partitions.Where(partition => !keeper.States.ContainsKey(("g", topic, partition))))
            {
                return $"{topic}-{partition} is held to be initialized, and is not";
            }
        }

        return keeper.States.Keys.FirstOrDefault(key => !group.Ledger.Initialized.Union(group.Ledger.Initializing).Contains(key.Topic, key.Partition)) is { Group: not null } left
            ? $"{left.Topic}-{left.Partition} is left behind"
            : null;
    }

    private void Settle(Bench bench, List<TestShareMember> members, int seed)
    {
        bench.Keeper.Verdict = (_, _) => ErrorCode.None;
        bench.Keeper.Failure = null;
        bench.Keeper.Release();
        bench.Pass(50);
        members.ForEach(member => member.Subscribe(member.Topics is [] ? ["a"] : member.Topics));
        for (var round = 0; round < 12; round++)
        {
            members.ForEach(member => member.Beat(bench));
            bench.Pass(2);
        }

        Assert.All(_asked, asked => Assert.True(asked.IsCompleted, $"seed {seed}: a request was never answered"));
        var group = Find(bench)!;
        var wanted = PartitionSet.Of(ShareStep.Subscribed(group.Members, bench.Topics.Current).Select(topic => (topic.Id, Enumerable.Range(0, topic.PartitionCount))));
        var read = members.Aggregate(PartitionSet.Empty, (all, member) => all.Union(member.Assigned));
        Assert.True(wanted.Equals(read), $"seed {seed} reads {read} and not {wanted}\n{bench.Dump()}");
        Assert.All(members, member => Assert.Equal(member.Topics.All(topic => bench.Topics.Current.Find(topic) is null), member.Assigned.IsEmpty));
        Assert.True(group.Ledger.Initializing.IsEmpty && group.Ledger.Deleting.IsEmpty, $"seed {seed} never settles\n{bench.Dump()}");
        var kept = PartitionSet.Of(bench.Keeper.States.Keys.GroupBy(key => key.Topic, (topic, keys) => (topic, keys.Select(key => key.Partition))));
        Assert.Equal(group.Ledger.Initialized, kept);
        Assert.DoesNotContain(bench.Breakages, breakage => !breakage.Contains("keeper", StringComparison.Ordinal));
    }
}
