using Spate.Client.Consuming;
using Spate.Protocol;
using Xunit.Abstractions;

namespace Spate.Client.Tests.Consuming.Groups;

/// <summary>What holds for assignors whatever the group, and what they make of a few groups exactly.</summary>
public sealed class AssignorTests(ITestOutputHelper output)
{
    private static readonly IPartitionAssignor[] All = [PartitionAssignors.Range, PartitionAssignors.RoundRobin, PartitionAssignors.Sticky, PartitionAssignors.CooperativeSticky];

    [Fact]
    public void Range_gives_each_topic_in_stretches_and_the_rest_to_the_first()
    {
        var assigned = PartitionAssignors.Range.Assign([Member("a", "x", "y"), Member("b", "x", "y"), Member("c", "y")], Counts(("x", 3), ("y", 7)));
        Assert.Equal(["x-0", "x-1", "y-0", "y-1", "y-2"], Names(assigned["a"]));
        Assert.Equal(["x-2", "y-3", "y-4"], Names(assigned["b"]));
        Assert.Equal(["y-5", "y-6"], Names(assigned["c"]));
    }

    [Fact]
    public void Roundrobin_deals_out_in_turn_and_passes_over_who_does_not_subscribe()
    {
        var assigned = PartitionAssignors.RoundRobin.Assign([Member("a", "x", "y"), Member("b", "y"), Member("c", "x", "y")], Counts(("x", 2), ("y", 4)));
        Assert.Equal(["x-0", "y-0", "y-3"], Names(assigned["a"]));
        Assert.Equal(["y-1"], Names(assigned["b"]));
        Assert.Equal(["x-1", "y-2"], Names(assigned["c"]));
    }

    [Fact]
    public void Static_members_come_first_by_their_names()
    {
        List<GroupMember> members = [Member("a"), Member("c") with { InstanceId = "2" }, Member("b"), Member("d") with { InstanceId = "1" }];
        members.Sort(GroupMember.Order);
        Assert.Equal(["d", "c", "a", "b"], members.Select(static member => member.Id));
    }

    [Fact]
    public void Sticky_finds_the_way_over_a_member_in_the_middle()
    {
        var assigned = PartitionAssignors.Sticky.Assign(
            [Member("a", "x") with { Owned = Partitions("x", 0, 1, 2), Generation = 1 }, Member("b", "x", "y") with { Owned = Partitions("y", 0, 1), Generation = 1 }, Member("c", "y") with { Owned = Partitions("y", 2), Generation = 1 }],
            Counts(("x", 3), ("y", 3)));
        Assert.Equal([2, 2, 2], assigned.Values.Select(static share => share.Count));
    }

    [Fact]
    public void What_two_members_claim_goes_to_the_one_of_the_newer_generation()
    {
        var assigned = PartitionAssignors.Sticky.Assign(
            [Member("a", "x") with { Owned = Partitions("x", 0, 1), Generation = 4 }, Member("b", "x") with { Owned = Partitions("x", 0, 1), Generation = 5 }], Counts(("x", 2)));
        Assert.Equal([1, 1], assigned.Values.Select(static share => share.Count));
        Assert.Equal(["x-0"], Names(assigned["b"]));
    }

    [Fact]
    public void Sticky_reads_what_members_of_other_clients_write_into_their_user_data()
    {
        var newer = PartitionAssignors.Sticky.Describe(Partitions("x", 1, 2), 7)!.Value;
        Assert.Equal("00000001000178000000020000000100000002" + "00000007", Convert.ToHexString(newer.Span));
        var assigned = PartitionAssignors.Sticky.Assign([Member("a", "x") with { Said = newer }, Member("b", "x") with { Said = newer[..^4] }, Member("c", "x") with { Said = new byte[] { 9 } }], Counts(("x", 3)));
        Assert.Contains(assigned["a"].Single(), Partitions("x", 1, 2));
        Assert.Equal("0000002A", Convert.ToHexString(PartitionAssignors.CooperativeSticky.Describe([], 42)!.Value.Span));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_group_every_partition_has_one_reader_who_subscribes_to_it_and_shares_are_even(int seed)
    {
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var topics = Enumerable.Range(0, random.Next(1, 6)).Select(index => $"t{index}").ToArray();
            var counts = topics.Where(_ => random.Next(10) > 0).ToDictionary(static topic => topic, _ => random.Next(0, 9));
            var isSame = random.Next(2) == 0;
            var members = Enumerable.Range(0, random.Next(1, 8))
                .Select(index => Member($"m{index}", isSame ? topics : [.. topics.Where(_ => random.Next(3) > 0)]))
                .ToList();
            foreach (var assignor in All)
            {
                var context = $"seed {seed}, round {round}, {assignor.Name}";
                var assigned = Settle(assignor, members, counts, context);
                CheckWhole(assigned, members, counts, context);
                if (assignor.Name.Contains("sticky", StringComparison.Ordinal))
                {
                    CheckEven(assigned, members, context);
                    CheckSticky(assignor, assigned, members, counts, random, isSame, context);
                }
            }
        }
    }

    /// <summary>Plays rounds, each member keeping what it may, until nothing changes; in between nothing is read by two.</summary>
    private static Dictionary<string, IReadOnlyList<TopicPartition>> Settle(IPartitionAssignor assignor, List<GroupMember> members, Dictionary<string, int> counts, string context)
    {
        var held = members.ToDictionary(static member => member.Id, static member => member.Owned);
        for (var generation = 1; generation < 10; generation++)
        {
            var asking = members.ConvertAll(member => member with { Owned = held[member.Id], Generation = generation });
            var assigned = assignor.Assign(asking, counts);
            Assert.True(assigned.Values.Sum(static share => share.Count) == assigned.Values.SelectMany(static share => share).Distinct().Count(), $"{context}: a partition has two readers");
            var isSettled = true;
            foreach (var member in asking)
            {
                var share = assigned.GetValueOrDefault(member.Id, []);
                Assert.False(
                    assignor.IsCooperative && share.Any(name => !member.Owned.Contains(name) && asking.Exists(other => other.Owned.Contains(name))),
                    $"{context}: a partition changed hands before its owner had given it up");
                isSettled &= !assignor.IsCooperative || (share.Count == member.Owned.Count && !share.Except(member.Owned).Any());
                held[member.Id] = share;
            }

            if (isSettled)
            {
                return held;
            }
        }

        throw new InvalidOperationException($"{context}: the group does not settle");
    }

    private static void CheckWhole(Dictionary<string, IReadOnlyList<TopicPartition>> assigned, List<GroupMember> members, Dictionary<string, int> counts, string context)
    {
        var expected = counts.Where(pair => members.Exists(member => member.Topics.Contains(pair.Key))).Sum(static pair => pair.Value);
        Assert.True(expected == assigned.Values.SelectMany(static share => share).Distinct().Count(), $"{context}: not every partition has a reader");
        Assert.All(members, member => Assert.All(assigned[member.Id], name => Assert.True(member.Topics.Contains(name.Topic) && name.Partition < counts[name.Topic], $"{context}: {name} is not for {member.Id}")));
    }

    /// <summary>Nobody could hand one on to somebody who has two fewer.</summary>
    private static void CheckEven(Dictionary<string, IReadOnlyList<TopicPartition>> assigned, List<GroupMember> members, string context) =>
        Assert.All(members, rich => Assert.All(members, poor => Assert.False(
            assigned[rich.Id].Count > assigned[poor.Id].Count + 1 && assigned[rich.Id].Any(name => poor.Topics.Contains(name.Topic)), $"{context}: {rich.Id} could give to {poor.Id}")));

    /// <summary>When one member goes, the others keep what they have, unless evenness asks for more.</summary>
    private static void CheckSticky(IPartitionAssignor assignor, Dictionary<string, IReadOnlyList<TopicPartition>> assigned, List<GroupMember> members, Dictionary<string, int> counts, Random random, bool isSame, string context)
    {
        var again = Settle(assignor, members.ConvertAll(member => member with { Owned = assigned[member.Id] }), counts, context);
        Assert.All(members, member => Assert.True(!assigned[member.Id].Except(again[member.Id]).Any(), $"{context}: {member.Id} lost something though nothing had changed"));
        if (!isSame || members.Count < 2)
        {
            return;
        }

        var gone = members[random.Next(members.Count)];
        var rest = members.FindAll(member => member != gone).ConvertAll(member => member with { Owned = assigned[member.Id] });
        var after = Settle(assignor, rest, counts, context);
        Assert.All(rest, member => Assert.True(!assigned[member.Id].Except(after[member.Id]).Any(), $"{context}: {member.Id} lost something though {gone.Id} had gone"));
    }

    private static GroupMember Member(string id, params string[] topics) => new(id, topics);

    private static Dictionary<string, int> Counts(params (string Topic, int Count)[] counts) => counts.ToDictionary(static pair => pair.Topic, static pair => pair.Count);

    private static List<TopicPartition> Partitions(string topic, params int[] partitions) => [.. partitions.Select(partition => new TopicPartition(topic, partition))];

    private static IEnumerable<string> Names(IEnumerable<TopicPartition> partitions) => partitions.Select(static name => name.ToString());
}
