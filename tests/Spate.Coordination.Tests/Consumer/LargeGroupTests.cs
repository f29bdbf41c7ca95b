using System.Diagnostics;
using Spate.Coordination.Tests.Harness;
using Xunit.Abstractions;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>A group of a thousand members over ten thousand partitions.</summary>
public sealed class LargeGroupTests(ITestOutputHelper output)
{
    private const int Members = 1000;
    private const int Partitions = 10_000;

    /// <summary>One to be told what to give up, one to say that it is given up, one to get what others gave up; and one for those who came too early.</summary>
    private const int RoundsMax = 4;

    [Fact]
    public void Thousand_members_share_ten_thousand_partitions_after_a_few_heartbeats_each()
    {
        var bench = new Bench();
        bench.Topics.Set("t", Partitions);
        var members = Enumerable.Range(0, Members).Select(index => new TestConsumer(bench, $"m{index:d4}")).ToList();
        var clock = Stopwatch.StartNew();
        foreach (var member in members)
        {
            member.Subscribe("t");
            member.Beat();
        }

        var joined = clock.Elapsed;
        var rounds = 0;
        for (; rounds < RoundsMax && members.Any(member => member.Owned.Count != Partitions / Members); rounds++)
        {
            foreach (var member in members)
            {
                member.Beat();
            }
        }

        output.WriteLine($"{Members} joins in {joined.TotalMilliseconds:f0} ms, then {rounds} heartbeats each in {(clock.Elapsed - joined).TotalMilliseconds:f0} ms, {bench.Log.Records.Count} records.");
        Assert.All(members, member => Assert.Equal(Partitions / Members, member.Owned.Count));
        Assert.Equal(Partitions, members.Aggregate(new HashSet<int>(), (all, member) =>
        {
            all.UnionWith(member.Owned.Of(bench.Topics.IdOf("t")).ToArray());
            return all;
        }).Count);
    }
}
