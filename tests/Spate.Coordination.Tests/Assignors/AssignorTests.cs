using Spate.Coordination.Groups.Assignors;
using Spate.Coordination.Topics;
using Spate.Protocol;

namespace Spate.Coordination.Tests.Assignors;

/// <summary>What holds of every assignment, whoever comes and goes.</summary>
public sealed class AssignorTests
{
    public static TheoryData<string, int> Runs
    {
        get
        {
            var runs = new TheoryData<string, int>();
            foreach (var name in new[] { "uniform", "range" })
            {
                for (var seed = 1; seed <= 40; seed++)
                {
                    runs.Add(name, seed);
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_partition_goes_to_one_subscriber_and_the_same_question_has_the_same_answer(string name, int seed)
    {
        var random = new Random(seed);
        var topics = Topics(random, random.Next(1, 8));
        var members = Members(random, topics.Count, random.Next(1, 12), homogeneous: false);
        for (var step = 0; step < 10; step++)
        {
            var sets = Assignor(name).Assign(new AssignmentQuestion(topics, members));
            CheckComplete(topics, members, sets);
            Assert.Equal(sets, Assignor(name).Assign(new AssignmentQuestion(topics, members)));
            members = Change(random, topics.Count, members, sets);
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Nothing_moves_when_nothing_changes(string name, int seed)
    {
        var random = new Random(seed);
        var topics = Topics(random, random.Next(1, 8));
        var members = Members(random, topics.Count, random.Next(1, 12), homogeneous: seed % 2 == 0);
        var first = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        var again = Assignor(name).Assign(new AssignmentQuestion(topics, [.. members.Zip(first, (member, set) => member with { Current = set })]));
        Assert.Equal(first, again);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Members_who_read_the_same_have_shares_that_differ_by_one_and_move_as_little_as_can_be(string name, int seed)
    {
        var random = new Random(seed);
        IReadOnlyList<TopicDescription> topics = name == "uniform" ? Topics(random, random.Next(1, 8)) : [.. Topics(random, 1)];
        var members = Members(random, topics.Count, random.Next(1, 12), homogeneous: true);
        var before = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        List<AssignmentMember> after = [.. members.Zip(before, (member, set) => member with { Current = set }), members[0] with { Current = PartitionSet.Empty }];
        var sets = Assignor(name).Assign(new AssignmentQuestion(topics, after));

        Assert.InRange(sets.Max(set => set.Count) - sets.Min(set => set.Count), 0, 1);
        var moved = after.Zip(sets, (member, set) => set.Except(member.Current).Count).Sum();
        Assert.Equal(sets[^1].Count, moved);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Of_mixed_subscriptions_no_single_move_would_be_fairer(string name, int seed)
    {
        if (name != "uniform")
        {
            return;
        }

        var random = new Random(seed);
        var topics = Topics(random, random.Next(2, 8));
        var members = Members(random, topics.Count, random.Next(2, 12), homogeneous: false);
        var sets = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        for (var rich = 0; rich < members.Count; rich++)
        {
            foreach (var (id, _) in sets[rich].ToPairs())
            {
                var topic = topics.ToList().FindIndex(each => each.Id == id);
                foreach (var poor in Enumerable.Range(0, members.Count).Where(member => members[member].Topics.Contains(topic)))
                {
                    Assert.True(sets[rich].Count - sets[poor].Count < 2, $"seed {seed}: {rich} has {sets[rich].Count}, {poor} {sets[poor].Count}");
                }
            }
        }
    }

    [Fact]
    public void Range_gives_ranges_and_the_same_of_topics_that_are_cut_alike()
    {
        var topics = Described((6, null), (6, null), (5, null));
        AssignmentMember[] members = [Reader(0, 1, 2), Reader(0, 1, 2), Reader(0, 1, 2)];
        var sets = new RangeAssignor().Assign(new AssignmentQuestion(topics, members));
        Assert.Equal([[0, 1], [2, 3], [4, 5]], sets.Select(set => set.Of(topics[0].Id).ToArray()));
        Assert.Equal([[0, 1], [2, 3], [4, 5]], sets.Select(set => set.Of(topics[1].Id).ToArray()));
        Assert.Equal([[0, 1], [2, 3], [4]], sets.Select(set => set.Of(topics[2].Id).ToArray()));
    }

    [Fact]
    public void Uniform_spreads_each_topic_over_the_members()
    {
        var topics = Described((4, null), (4, null));
        AssignmentMember[] members = [Reader(0, 1), Reader(0, 1)];
        var sets = new UniformAssignor().Assign(new AssignmentQuestion(topics, members));
        Assert.All(sets, set => Assert.Equal((2, 2), (set.Of(topics[0].Id).Length, set.Of(topics[1].Id).Length)));
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("range")]
    public void Members_get_partitions_that_have_a_replica_near_them_when_that_is_fair(string name)
    {
        string[][] racks = [["x"], ["y"], ["z"], ["x"], ["y"], ["z"]];
        var topics = Described((6, racks));
        AssignmentMember[] members = [Reader(0) with { Rack = "z" }, Reader(0) with { Rack = "x" }, Reader(0) with { Rack = "y" }];
        var sets = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        Assert.Equal([[2, 5], [0, 3], [1, 4]], sets.Select(set => set.Of(topics[0].Id).ToArray()));
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("range")]
    public void A_member_that_has_to_give_up_keeps_what_is_near(string name)
    {
        string[][] racks = [["x"], ["y"], ["x"], ["y"]];
        var topics = Described((4, racks));
        var all = PartitionSet.Of([(topics[0].Id, [0, 1, 2, 3])]);
        AssignmentMember[] members = [Reader(0) with { Rack = "y", Current = all }, Reader(0) with { Rack = "x" }];
        var sets = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        Assert.Equal([[1, 3], [0, 2]], sets.Select(set => set.Of(topics[0].Id).ToArray()));
    }

    [Theory]
    [InlineData("uniform")]
    [InlineData("range")]
    public void Topics_without_partitions_and_members_without_topics_are_no_trouble(string name)
    {
        var topics = Described((0, null), (2, null), (0, null));
        AssignmentMember[] members = [Reader(), Reader(0, 1, 2)];
        var sets = Assignor(name).Assign(new AssignmentQuestion(topics, members));
        Assert.Equal([0, 2], sets.Select(set => set.Count));
        Assert.Empty(Assignor(name).Assign(new AssignmentQuestion([], [])));
    }

    private static IPartitionAssignor Assignor(string name) => name == "uniform" ? new UniformAssignor() : new RangeAssignor();

    private static AssignmentMember Reader(params int[] topics) => new(null, topics, PartitionSet.Empty);

    private static IReadOnlyList<TopicDescription> Described(params (int Partitions, string[][]? Racks)[] topics) =>
        [.. topics.Select((topic, index) => new TopicDescription(new Uuid(1, (ulong)index + 1), $"t{index}", topic.Partitions, topic.Racks))];

    private static IReadOnlyList<TopicDescription> Topics(Random random, int count)
    {
        string[] racks = ["x", "y", "z"];
        return Described([.. Enumerable.Range(0, count).Select(_ =>
        {
            var partitions = random.Next(1, 30);
            string[][]? known = random.Next(3) == 0 ? [.. Enumerable.Range(0, partitions).Select(_ => new[] { racks[random.Next(3)], racks[random.Next(3)] }.Distinct().ToArray())] : null;
            return (partitions, known);
        })]);
    }

    private static List<AssignmentMember> Members(Random random, int topicCount, int count, bool homogeneous)
    {
        int[] all = [.. Enumerable.Range(0, topicCount)];
        return [.. Enumerable.Range(0, count).Select(_ => new AssignmentMember(
            random.Next(2) == 0 ? null : new[] { "x", "y", "w" }[random.Next(3)],
            homogeneous ? all : [.. all.Where(_ => random.Next(3) > 0)],
            PartitionSet.Empty))];
    }

    private static List<AssignmentMember> Change(Random random, int topicCount, List<AssignmentMember> members, PartitionSet[] sets)
    {
        List<AssignmentMember> next = [.. members.Zip(sets, (member, set) => member with { Current = set })];
        if (next.Count > 1 && random.Next(2) == 0)
        {
            next.RemoveAt(random.Next(next.Count));
        }
        else
        {
            next.InsertRange(random.Next(next.Count + 1), Members(random, topicCount, 1, homogeneous: false));
        }

        return next;
    }

    private static void CheckComplete(IReadOnlyList<TopicDescription> topics, List<AssignmentMember> members, PartitionSet[] sets)
    {
        Assert.Equal(members.Count, sets.Length);
        for (var topic = 0; topic < topics.Count; topic++)
        {
            var isRead = members.Any(member => member.Topics.Contains(topic));
            for (var partition = 0; partition < topics[topic].PartitionCount; partition++)
            {
                var owners = Enumerable.Range(0, sets.Length).Where(member => sets[member].Contains(topics[topic].Id, partition)).ToList();
                Assert.Equal(isRead ? 1 : 0, owners.Count);
                Assert.All(owners, owner => Assert.Contains(topic, members[owner].Topics));
            }
        }

        Assert.Equal(
            topics.Where((_, topic) => members.Any(member => member.Topics.Contains(topic))).Sum(topic => topic.PartitionCount),
            sets.Sum(set => set.Count));
    }
}
