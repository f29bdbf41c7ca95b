using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Assignment;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Streams;

/// <summary>Tasks with state go where it has caught up, warm up where they are to go, and in the end all is as even as where nobody tells anything.</summary>
public sealed class WarmupAssignmentTests
{
    private const int Limit = 100;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 300)];

    [Fact]
    public void Cold_member_warms_tasks_up_and_the_one_that_has_them_goes_on()
    {
        var answer = Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3]), Member("b", tells: []));
        Assert.Equal("[0:0,1,2,3] copies [] warms []; [] copies [] warms [0:2,3]", answer);
    }

    [Fact]
    public void No_more_tasks_warm_up_at_a_time_than_there_may_be_and_what_has_begun_goes_on()
    {
        var question = Question(6, 0, warmups: 1);
        Assert.Equal("[0:0,1,2,3,4,5] copies [] warms []; [] copies [] warms [0:3]", Assign(question, Member("a", active: [0, 1, 2, 3, 4, 5]), Member("b", tells: [])));
        Assert.Equal(
            "[0:0,1,2,3,4,5] copies [] warms []; [] copies [] warms [0:5]",
            Assign(question, Member("a", active: [0, 1, 2, 3, 4, 5]), Member("b", warmup: [5], tells: [(5, 101)])));
    }

    [Fact]
    public void Task_moves_when_its_warmup_has_caught_up_and_the_next_one_begins()
    {
        var question = Question(4, 0, warmups: 1);
        Assert.Equal(
            "[0:0,1,3] copies [] warms []; [0:2] copies [] warms [0:3]",
            Assign(question, Member("a", active: [0, 1, 2, 3]), Member("b", warmup: [2], tells: [(2, Limit)])));
        Assert.Equal(
            "[0:0,1,2,3] copies [] warms []; [] copies [] warms [0:2]",
            Assign(question, Member("a", active: [0, 1, 2, 3]), Member("b", warmup: [2], tells: [(2, Limit + 1)])));
    }

    [Fact]
    public void Where_no_task_may_warm_up_nobodys_lag_is_looked_at() =>
        Assert.Equal("[0:0,1] copies [] warms []; [0:2,3] copies [] warms []", Assign(Question(4, 0, warmups: 0), Member("a", active: [0, 1, 2, 3]), Member("b", tells: [])));

    [Fact]
    public void Member_that_tells_nothing_is_held_to_nothing() =>
        Assert.Equal(
            "[0:0,1] copies [] warms []; [0:2,3] copies [] warms []",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], tells: [(0, 0)]), Member("b") with { Told = ToldOffsets.Silent }));

    [Fact]
    public void Member_that_could_not_tell_yet_is_taken_for_one_that_tells_where_others_do() =>
        Assert.Equal("[0:0,1,2,3] copies [] warms []; [] copies [] warms [0:2,3]", Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], tells: [(0, 0)]), Member("b")));

    [Fact]
    public void Tasks_without_state_move_at_once()
    {
        var question = Question(0, 4, warmups: 2);
        Assert.Equal(
            "[1:0,1] copies [] warms []; [1:2,3] copies [] warms []",
            Assign(question, new Asked(new TaskCandidate("a", "a", Tasks("1", [0, 1, 2, 3])), null), Member("b", tells: [])));
    }

    [Fact]
    public void Where_nobody_has_caught_up_a_task_goes_to_whoever_is_to_do_it() =>
        Assert.Equal("[0:0,2] copies [] warms []; [0:1,3] copies [] warms []", Assign(Question(4, 0, warmups: 2), Member("a", tells: []), Member("b", tells: [])));

    [Fact]
    public void Who_does_a_task_and_has_not_caught_up_itself_gives_it_to_whoever_is_to_do_it() =>
        Assert.Equal(
            "[0:0,1] copies [] warms []; [0:2,3] copies [] warms []",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], tells: [(2, 500), (3, 500)]), Member("b", tells: [])));

    [Fact]
    public void Little_state_needs_no_warming_up() =>
        Assert.Equal(
            "[0:0,1] copies [] warms []; [0:2,3] copies [] warms []",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], tells: [(2, 0), (3, 0)], end: Limit), Member("b", tells: [])));

    [Fact]
    public void Copy_that_has_caught_up_takes_its_task_over_at_once() =>
        Assert.Equal(
            "[0:0,1] copies [0:2,3] warms []; [0:2,3] copies [0:0,1] warms []",
            Assign(Question(4, 0, warmups: 2, copies: 1), Member("a", active: [0, 1, 2, 3], tells: []), Member("b", standby: [0, 1, 2, 3], tells: [(0, 0), (1, 0), (2, 0), (3, 0)])));

    [Fact]
    public void Copy_that_has_not_caught_up_goes_on_and_no_warmup_stands_beside_it() =>
        Assert.Equal(
            "[0:0,1,3] copies [0:2] warms []; [0:2] copies [0:0,1,3] warms []",
            Assign(Question(4, 0, warmups: 2, copies: 1), Member("a", active: [0, 1, 2, 3], tells: []), Member("b", standby: [0, 1, 2, 3], tells: [(0, 0), (1, 0), (2, 0), (3, 500)])));

    [Fact]
    public void Copy_that_has_caught_up_does_what_is_lost_until_the_member_that_is_to_do_it_has_warmed_up()
    {
        // c keeps the copy of what the lost one did, but has its share already.
        var answer = Assign(
            Question(4, 0, warmups: 2),
            Member("b", active: [0], tells: []),
            Member("c", active: [2, 3], standby: [1], tells: [(1, 3), (2, 0), (3, 0)]));
        Assert.Equal("[0:0] copies [] warms [0:1]; [0:1,2,3] copies [] warms []", answer);
    }

    [Fact]
    public void Process_that_comes_back_with_its_state_gets_its_tasks_again()
    {
        var answer = Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], tells: []), Member("b", tells: [(3, 5), (1, 7)]), Member("c", tells: []));
        Assert.Equal("[0:0,1,2] copies [] warms []; [0:3] copies [] warms []; [] copies [] warms [0:2]", answer);
    }

    [Fact]
    public void Members_of_one_process_give_tasks_to_each_other_at_once() =>
        Assert.Equal(
            "[0:0,1] copies [] warms []; [0:2,3] copies [] warms []",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3], process: "p", tells: []), Member("b", process: "p", tells: [])));

    [Fact]
    public void What_warms_up_when_another_coordinator_takes_over_goes_on_although_nobody_has_told_it_anything() =>
        Assert.Equal(
            "[0:0,1,2,3] copies [] warms []; [] copies [] warms [0:2,3]",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3]), Member("b", warmup: [2, 3])));

    [Fact]
    public void Warmup_ends_when_its_member_comes_back_without_telling() =>
        Assert.Equal(
            "[0:0,1] copies [] warms []; [0:2,3] copies [] warms []",
            Assign(Question(4, 0, warmups: 2), Member("a", active: [0, 1, 2, 3]), Member("b", warmup: [2, 3]) with { Told = ToldOffsets.Silent }));

    /// <summary>Random members, lags and changes: the bounds hold after each, the same question has the same answer, and when everyone catches up all is even.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Whatever_is_known_no_one_who_has_caught_up_makes_way_for_one_who_has_not_and_all_settle(int seed)
    {
        var random = new Random(seed);
        var world = new Lagging(random);
        for (var change = 0; change < 12; change++)
        {
            world.Assign($"seed {seed}, change {change}");
            world.Change();
        }

        world.Settle($"seed {seed}");
    }

    private static string Assign(TaskQuestion question, params Asked[] members)
    {
        var asked = question with
        {
            Members = [.. members.Select(member => member.Candidate)],
            Lags = TaskLags.Of(members.Select(member => (member.Candidate.Process, member.Told)), members.Any(member => !member.Candidate.Before.Warmup.IsEmpty), Limit),
        };
        var answer = StickyTaskAssignor.Assign(asked);
        var again = asked with { Members = [.. asked.Members.Zip(answer, (member, tasks) => member with { Before = tasks })] };
        Assert.Equal(answer, WarmupTasks.Deal(again, StickyTaskAssignor.Aim(asked)));
        return string.Join("; ", answer);
    }

    private static TaskQuestion Question(int stateful, int stateless, int warmups, int copies = 0) => new(Parts(stateful, stateless), [], copies, warmups);

    private static Asked Member(
        string id, int[]? active = null, int[]? standby = null, int[]? warmup = null, string? process = null, (int Task, long Lag)[]? tells = null, long end = 1_000_000)
    {
        var before = new TaskAssignment(Tasks("0", active ?? []).Active, Tasks("0", standby ?? []).Active, Tasks("0", warmup ?? []).Active);
        return new Asked(new TaskCandidate(id, process ?? id, before), tells is null ? null : Told(tells.Select(each => (new TaskId("0", each.Task), end - each.Lag, end))));
    }

    private static ToldOffsets Told(IEnumerable<(TaskId Task, long Offset, long End)> tells)
    {
        var list = tells.ToList();
        return ToldOffsets.After(null, new StreamsGroupHeartbeatRequest
        {
            TaskOffsets = list.ConvertAll(each => Offset(each.Task, each.Offset)),
            TaskEndOffsets = list.ConvertAll(each => Offset(each.Task, each.End)),
        })!;
    }

    private static StreamsGroupHeartbeatRequest.TaskOffset Offset(TaskId task, long offset) => new() { SubtopologyId = task.Subtopology, Partition = task.Partition, Offset = offset };

    private static TaskAssignment Tasks(string part, int[] tasks) => new(TaskSet.Of([(part, tasks)]), TaskSet.Empty, TaskSet.Empty);

    private static List<SubtopologyPlan> Parts(int stateful, int stateless) =>
    [
        .. StreamsTopology.Of(Applications.Of(Applications.Part("0", ["a"], changelogs: ["log"]), Applications.Part("1", ["b"]))).Subtopologies
            .Select(part => new SubtopologyPlan(part, part.IsStateful ? stateful : stateless)),
    ];

    private sealed record Asked(TaskCandidate Candidate, ToldOffsets? Told);

    /// <summary>Processes with state on their disks, some of which tell of it.</summary>
    private sealed class Lagging(Random random)
    {
        private readonly Dictionary<(string Process, TaskId Task), long> _lags = [];
        private readonly HashSet<string> _mute = [];
        private TaskQuestion _question = new(Parts(random.Next(0, 16), random.Next(0, 6)), [], random.Next(0, 3), random.Next(1, 4));
        private int _names;

        private IReadOnlyList<TaskAssignment>? _aim;

        private TaskLags Lags => TaskLags.Of(_question.Members.Select(member => (member.Process, TellsOf(member))), _question.Members.Any(member => !member.Before.Warmup.IsEmpty), Limit);

        public void Assign(string where)
        {
            if (_question.Members.Count == 0)
            {
                Come();
            }

            var question = _question with { Lags = Lags };
            _aim ??= StickyTaskAssignor.Aim(question);
            var answer = WarmupTasks.Deal(question, _aim);
            Check(question, answer, where);
            _question = _question with { Members = [.. _question.Members.Zip(answer, (member, tasks) => member with { Before = tasks })] };
            var again = WarmupTasks.Deal(_question with { Lags = Lags }, _aim);
            Assert.True(answer.SequenceEqual(again), $"{where}: asked again, {string.Join("; ", answer)} becomes {string.Join("; ", again)}");
            Restore(random);
        }

        public void Change()
        {
            var before = _question;
            switch (random.Next(8))
            {
                case 0 when _question.Members.Count > 1:
                    var gone = random.Next(_question.Members.Count);
                    _question = _question with { Members = [.. _question.Members.Where((_, index) => index != gone)] };
                    break;
                case < 4 when _question.Members.Count < 10:
                    Come();
                    break;
                case 4:
                    _question = _question with { StandbyReplicas = random.Next(0, 3) };
                    break;
                case 5:
                    _question = _question with { WarmupReplicas = random.Next(1, 4) };
                    break;
            }

            // Only lags and how many may warm up at a time leave what is aimed for as it is; so does nothing at all.
            _aim = before.Members.SequenceEqual(_question.Members) && before.StandbyReplicas == _question.StandbyReplicas && random.Next(4) > 0 ? _aim : null;
        }

        /// <summary>Nothing changes any more, and all that has a copy of state catches up.</summary>
        public void Settle(string where)
        {
            var tasks = _question.Subtopologies.Sum(plan => plan.Tasks);
            for (var round = 0; round <= tasks + 1; round++)
            {
                Assign($"{where}, settling {round}");
                foreach (var key in _lags.Keys.ToList())
                {
                    _lags[key] = 0;
                }
            }

            Assert.All(_question.Members, member => Assert.True(member.Before.Warmup.IsEmpty, $"{where}: {member} still warms up"));
            Assert.InRange(_question.Members.Max(member => member.Before.Active.Count) - _question.Members.Min(member => member.Before.Active.Count), 0, 1);
        }

        private void Come()
        {
            var process = $"p{random.Next(7)}";
            if (random.Next(6) == 0 && !_question.Members.Any(member => member.Process == process))
            {
                _mute.Add(process);
            }

            _question = _question with { Members = [.. _question.Members, new TaskCandidate($"m{_names++}", process, TaskAssignment.Empty)] };
        }

        /// <summary>Whoever has a task has some of its state; whoever does it has it some time after.</summary>
        private void Restore(Random chance)
        {
            foreach (var member in _question.Members)
            {
                foreach (var task in Ids(member.Before.Active).Concat(Ids(member.Before.Standby)).Concat(Ids(member.Before.Warmup)).Where(task => task.Subtopology == "0"))
                {
                    var lag = _lags.GetValueOrDefault((member.Process, task), 5 * Limit);
                    _lags[(member.Process, task)] = Math.Max(0, lag - chance.Next(2 * Limit));
                }
            }
        }

        private ToldOffsets? TellsOf(TaskCandidate member) => _mute.Contains(member.Process)
            ? ToldOffsets.Silent
            : Told(_lags.Where(pair => pair.Key.Process == member.Process).Select(pair => (pair.Key.Task, 1_000_000 - pair.Value, 1_000_000L)));

        private static IEnumerable<TaskId> Ids(TaskSet tasks) => tasks.ToPairs().SelectMany(pair => pair.Partitions.Select(partition => new TaskId(pair.Topic, partition)));

        private static void Check(TaskQuestion question, IReadOnlyList<TaskAssignment> answer, string where)
        {
            var pairs = question.Members.Zip(answer).ToList();
            Assert.Equal(question.Subtopologies.Sum(plan => plan.Tasks), answer.Sum(one => one.Active.Count));
            Assert.Equal(answer.Sum(one => one.Active.Count), answer.Aggregate(TaskSet.Empty, (all, one) => all.Union(one.Active)).Count);
            Assert.InRange(answer.Sum(one => one.Warmup.Count), 0, question.WarmupReplicas);
            var processes = pairs.GroupBy(pair => pair.First.Process, pair => pair.Second).ToList();
            foreach (var process in processes)
            {
                var all = process.SelectMany(one => new[] { one.Active, one.Standby, one.Warmup }).ToList();
                Assert.True(all.Aggregate(TaskSet.Empty, (sum, one) => sum.Union(one)).Count == all.Sum(one => one.Count), $"{where}: {process.Key} has a task twice");
            }

            var stateful = question.Subtopologies.Where(plan => plan.Subtopology.IsStateful).Sum(plan => plan.Tasks);
            Assert.Equal(stateful * Math.Min(question.StandbyReplicas, processes.Count - 1), answer.Sum(one => one.Standby.Count));
            Assert.All(answer, one => Assert.True(one.Standby.Of("1").IsEmpty && one.Warmup.Of("1").IsEmpty, $"{where}: a copy of what has no state"));
            foreach (var (member, tasks) in pairs)
            {
                foreach (var task in Ids(tasks.Active).Where(task => task.Subtopology == "0" && question.Lags.IsHeldToLag(member.Process) && !question.Lags.HasCaughtUp(member.Process, task)))
                {
                    var worker = question.Members.FirstOrDefault(other => other.Before.Active.Contains(task.Subtopology, task.Partition));
                    Assert.True(
                        worker?.Process == member.Process || ((worker is null || question.Lags.IsBehind(worker.Process, task)) && !question.Lags.CaughtUp(task).Any(process => question.Members.Any(other => other.Process == process))),
                        $"{where}: {member.Id} is given {task} cold");
                }
            }
        }
    }
}
