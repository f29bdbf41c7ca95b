using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Assignment;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;

namespace Spate.Coordination.Tests.Streams;

/// <summary>Random applications, processes and former assignments: every task is done once, all have as much as the others, nothing moves without need.</summary>
public sealed class StickyTaskAssignorTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Assignment_is_complete_and_even_and_stays(int seed)
    {
        var random = new Random(seed);
        var question = Question(random);
        for (var change = 0; change < 6; change++)
        {
            var answer = StickyTaskAssignor.Assign(question);
            Check(question, answer, $"seed {seed}, change {change}");
            var settled = With(question, answer);
            Assert.Equal(answer, StickyTaskAssignor.Assign(settled));
            Assert.Equal(answer, StickyTaskAssignor.Assign(question));
            question = Changed(settled, random);
        }
    }

    [Fact]
    public void A_new_member_takes_its_share_and_nothing_else_moves()
    {
        var question = new TaskQuestion(Parts(8, 4), [Candidate("a"), Candidate("b")], 0);
        var before = StickyTaskAssignor.Assign(question);
        var grown = question with { Members = [.. With(question, before).Members, Candidate("c")] };

        var after = StickyTaskAssignor.Assign(grown);

        Assert.Equal(4, after[2].Active.Count);
        Assert.True(before[0].Active.Contains(after[0].Active) && before[1].Active.Contains(after[1].Active), "A task has moved between old members.");
    }

    [Fact]
    public void What_is_lost_goes_on_where_a_copy_of_its_state_is()
    {
        var question = new TaskQuestion(Parts(6, 0), [Candidate("a"), Candidate("b"), Candidate("c")], 1);
        var before = StickyTaskAssignor.Assign(question);
        var left = With(question, before).Members.Skip(1).ToList();

        var after = StickyTaskAssignor.Assign(question with { Members = left });

        var copied = before[0].Active.ToPairs().SelectMany(pair => pair.Partitions).ToList();
        Assert.Equal(2, copied.Count);
        Assert.All(copied, partition => Assert.Contains(Enumerable.Range(0, 2), index =>
            after[index].Active.Contains("0", partition) && left[index].Before.Standby.Contains("0", partition)));
    }

    [Fact]
    public void Tasks_of_each_part_are_spread()
    {
        var answer = StickyTaskAssignor.Assign(new TaskQuestion(Parts(2, 2), [Candidate("a"), Candidate("b")], 0));
        Assert.All(answer, tasks => Assert.Equal((1, 1), (tasks.Active.Of("0").Length, tasks.Active.Of("1").Length)));
    }

    private static TaskCandidate Candidate(string id) => new(id, id, TaskAssignment.Empty);

    /// <summary>A part with state, and one without.</summary>
    private static List<SubtopologyPlan> Parts(int stateful, int stateless) =>
    [
        .. StreamsTopology.Of(Applications.Of(Applications.Part("0", ["a"], changelogs: ["log"]), Applications.Part("1", ["b"]))).Subtopologies
            .Select(part => new SubtopologyPlan(part, part.IsStateful ? stateful : stateless)),
    ];

    private static TaskQuestion Question(Random random)
    {
        var processes = random.Next(1, 6);
        var members = Enumerable.Range(0, random.Next(1, 9)).Select(index => new TaskCandidate($"m{index}", $"p{random.Next(processes)}", TaskAssignment.Empty));
        return new TaskQuestion(Parts(random.Next(0, 20), random.Next(0, 20)), [.. members], random.Next(0, 3));
    }

    private static TaskQuestion With(TaskQuestion question, IReadOnlyList<TaskAssignment> answer) =>
        question with { Members = [.. question.Members.Zip(answer, (member, tasks) => member with { Before = tasks })] };

    private static TaskQuestion Changed(TaskQuestion question, Random random) => random.Next(4) switch
    {
        0 when question.Members.Count > 1 => question with { Members = [.. question.Members.Where((_, index) => index != random.Next(question.Members.Count)).DefaultIfEmpty(question.Members[0])] },
        1 => question with { Members = [.. question.Members, new TaskCandidate($"n{random.Next(1000)}", $"p{random.Next(6)}", TaskAssignment.Empty)] },
        2 => question with { Subtopologies = Parts(random.Next(0, 20), random.Next(0, 20)) },
        _ => question with { StandbyReplicas = random.Next(0, 3) },
    };

    private static TaskSet Copies(IEnumerable<TaskAssignment> process) => process.Aggregate(TaskSet.Empty, (sum, one) => sum.Union(one.Standby));

    private static double Load(IEnumerable<TaskAssignment> process, int more) => (double)(process.Sum(one => one.Count) + more) / process.Count();

    private static void Check(TaskQuestion question, IReadOnlyList<TaskAssignment> answer, string where)
    {
        var tasks = question.Subtopologies.Sum(plan => plan.Tasks);
        var active = answer.Aggregate(TaskSet.Empty, (all, one) => all.Union(one.Active));
        Assert.True(active.Count == tasks && answer.Sum(one => one.Active.Count) == tasks, $"{where}: not every task is done by one member");
        Assert.True(answer.Max(one => one.Active.Count) - answer.Min(one => one.Active.Count) <= 1, $"{where}: uneven: {string.Join(' ', answer.Select(one => one.Active.Count))}");

        var processes = question.Members.Zip(answer).GroupBy(pair => pair.First.Process, pair => pair.Second).ToList();
        foreach (var process in processes)
        {
            var all = process.SelectMany(one => new[] { one.Active, one.Standby }).ToList();
            Assert.True(all.Aggregate(TaskSet.Empty, (sum, one) => sum.Union(one)).Count == all.Sum(one => one.Count), $"{where}: {process.Key} has a task twice");
        }

        var stateful = question.Subtopologies.Where(plan => plan.Subtopology.IsStateful).Sum(plan => plan.Tasks);
        var copies = answer.Sum(one => one.Standby.Count);
        Assert.True(copies == stateful * Math.Min(question.StandbyReplicas, processes.Count - 1), $"{where}: {copies} copies");
        foreach (var giver in processes)
        {
            foreach (var taker in processes.Where(taker => Load(taker, 1) < Load(giver, 0)))
            {
                var (copied, had) = (Copies(giver), Copies(taker).Union(taker.Aggregate(TaskSet.Empty, (sum, one) => sum.Union(one.Active))));
                Assert.True(had.Contains(copied), $"{where}: {giver.Key} could give a copy to {taker.Key}");
            }
        }

        Assert.All(answer, one => Assert.True(one.Warmup.IsEmpty && one.Standby.Of("1").IsEmpty, $"{where}: a copy of what has no state"));
    }
}
