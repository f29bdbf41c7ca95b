using Spate.Coordination.Groups.Assignors;
using Spate.Protocol;

namespace Spate.Coordination.Tests.Assignors;

/// <summary>What holds of every assignment of a share group, whoever comes and goes.</summary>
public sealed class SimpleAssignorTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_partition_has_a_subscriber_and_every_subscriber_has_a_partition(int seed)
    {
        var random = new Random(seed);
        var partitions = Partitions(random, random.Next(1, 6));
        var members = Members(random, partitions, random.Next(1, 20), homogeneous: seed % 2 == 0);
        for (var step = 0; step < 10; step++)
        {
            var sets = SimpleAssignor.Assign(partitions, members);
            Assert.Equal(sets, SimpleAssignor.Assign(partitions, members));
            for (var member = 0; member < members.Count; member++)
            {
                Assert.Equal(members[member].Topics.Length == 0, sets[member].IsEmpty);
                Assert.All(sets[member].ToPairs(), pair => Assert.Contains(TopicAt(partitions, pair.Topic), members[member].Topics));
            }

            var read = members.SelectMany(member => member.Topics).ToHashSet();
            var given = sets.Aggregate(PartitionSet.Empty, (all, set) => all.Union(set));
            Assert.Equal(partitions.Where((topic, _) => read.Contains(TopicAt(partitions, topic))), given);

            // Some go, some come, and some read something else.
            members = [.. members.Zip(sets, (member, set) => member with { Current = set }).Where(_ => random.Next(4) != 0)];
            members = [.. members, .. Members(random, partitions, random.Next(1, 4), homogeneous: seed % 2 == 0)];
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Among_those_who_read_the_same_nobody_has_more_than_one_more_than_the_next(int seed)
    {
        var random = new Random(seed);
        var partitions = Partitions(random, random.Next(1, 4));
        var members = Members(random, partitions, random.Next(1, 30), homogeneous: true);
        var sets = SimpleAssignor.Assign(partitions, members);
        Assert.InRange(sets.Max(set => set.Count) - sets.Min(set => set.Count), 0, 1);
        var readers = partitions.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => sets.Count(set => set.Contains(pair.Topic, partition)))).ToList();
        Assert.InRange(readers.Max() - readers.Min(), 0, 1);
        Assert.Equal(Math.Max(partitions.Count, members.Count), sets.Sum(set => set.Count));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_moves_without_need(int seed)
    {
        var random = new Random(seed);
        var partitions = Partitions(random, random.Next(1, 4));
        var members = Members(random, partitions, random.Next(2, 30), homogeneous: seed % 3 != 0);
        var sets = SimpleAssignor.Assign(partitions, members);
        List<AssignmentMember> settled = [.. members.Zip(sets, (member, set) => member with { Current = set })];
        var again = SimpleAssignor.Assign(partitions, settled);
        for (var member = 0; member < settled.Count; member++)
        {
            Assert.Same(settled[member].Current, again[member]);
        }
    }

    private static int TopicAt(PartitionSet partitions, Uuid topic) => partitions.Topics.IndexOf(topic);

    private static PartitionSet Partitions(Random random, int topics) =>
        PartitionSet.Of(Enumerable.Range(0, topics).Select(_ => (Uuid.NewRandom(random), Enumerable.Range(0, random.Next(1, 9)))));

    private static List<AssignmentMember> Members(Random random, PartitionSet partitions, int count, bool homogeneous)
    {
        int[] all = [.. Enumerable.Range(0, partitions.Topics.Length)];
        return [.. Enumerable.Range(0, count).Select(_ => new AssignmentMember(null, homogeneous ? all : [.. all.Where(_ => random.Next(2) == 0)], PartitionSet.Empty))];
    }
}
