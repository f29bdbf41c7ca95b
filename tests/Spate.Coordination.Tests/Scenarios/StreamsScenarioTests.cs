namespace Spate.Coordination.Tests.Scenarios;

/// <summary>What streams groups go through, as tables: see <see cref="StreamsScript"/>. Behind the bar stand epochs and tasks, ~ before a copy, ^ before what warms up.</summary>
public sealed class StreamsScenarioTests
{
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["The first instance gets everything at once"] = """
            the group is                  | GroupIdNotFound
            A joins plain                 | A 2: p0 p1 p2 p3
            the group is                  | Stable in 2
            A beats                       | A 2
            """,
        ["A second instance gets its part when the first has given it up, and not before"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing
            the group is                  | Reconciling in 3
            A beats                       | A 2: p0 p1
            B beats                       | B 3
            A beats                       | A 3
            B beats                       | B 3: p2 p3
            the group is                  | Stable in 3
            """,
        ["An instance that falls silent is put out after its session, and starts anew when it comes back"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing
            all beat                      | A 3: p0 p1; B 3: p2 p3
            30s pass                      | -
            B beats                       | B 3
            16s pass                      | -
            B beats                       | B 4: p0 p1 p2 p3
            A beats                       | A UnknownMemberId
            A beats                       | A 5: nothing
            all beat                      | A 5: p2 p3; B 5: p0 p1
            """,
        ["An instance that does not give its tasks up in time is put out"] = """
            A joins plain slowly          | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing
            A beats                       | A 2: p0 p1 p2 p3
            40s pass                      | -
            A beats                       | A 2
            B beats                       | B 3
            21s pass                      | -
            A beats                       | A UnknownMemberId
            B beats                       | B 4: p0 p1 p2 p3
            """,
        ["Nothing runs before the topics of the application's own are there"] = """
            A joins regrouping            | A 2: nothing (MissingInternalTopics)
            the group is                  | NotReady in 2
            A beats                       | A 2 (MissingInternalTopics)
            missing topics are made       | counts:4 r:4
            A beats                       | A 3: 10 11 12 13 20 21 22 23
            the group is                  | Stable in 3
            """,
        ["Topics that are read together must be alike"] = """
            A joins joining               | A 2: nothing (IncorrectlyPartitionedTopics)
            b has 4 partitions            | -
            A beats                       | A 3 (MissingInternalTopics)
            missing topics are made       | left:4 right:4
            A beats                       | A 4: j0 j1 j2 j3
            """,
        ["When a source is deleted its tasks stop, and begin again with it"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            a is deleted                  | -
            A beats                       | A 2: nothing (MissingSourceTopics)
            the group is                  | NotReady in 3
            A beats                       | A 3 (MissingSourceTopics)
            a has 2 partitions            | -
            A beats                       | A 4: p0 p1
            """,
        ["A source that grows has more tasks"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            a has 6 partitions            | -
            A beats                       | A 3: p0 p1 p2 p3 p4 p5
            """,
        ["A source that grows leaves state behind that was cut otherwise"] = """
            A joins counting              | A 2: nothing (MissingInternalTopics)
            missing topics are made       | counts:4
            A beats                       | A 3: c0 c1 c2 c3
            a has 6 partitions            | -
            A beats                       | A 3: nothing (IncorrectlyPartitionedTopics)
            counts is deleted             | -
            A beats                       | A 5 (MissingInternalTopics)
            missing topics are made       | counts:6
            A beats                       | A 6: c0 c1 c2 c3 c4 c5
            """,
        ["Copies of state are kept by other processes, and go on when the active one is lost"] = """
            there are 1 copies            | -
            A joins counting              | A 2: nothing (MissingInternalTopics)
            missing topics are made       | counts:4
            A beats                       | A 3: c0 c1 c2 c3
            B joins counting              | B 4: ~c0 ~c1
            all beat                      | A 4: c0 c1 ~c2 ~c3; B 4: c2 c3 ~c0 ~c1
            A leaves                      | A None
            B beats                       | B 4: c2 c3
            B beats                       | B 5: c0 c1 c2 c3
            """,
        ["A process keeps no copy of what it does itself"] = """
            there are 2 copies            | -
            A joins counting at x         | A 2: nothing (MissingInternalTopics)
            missing topics are made       | counts:4
            B joins counting at x         | B 3: c1 c3
            all beat                      | A 3: c0 c2; B 3: c1 c3
            """,
        ["Another number of copies is another assignment"] = """
            A joins counting              | A 2: nothing (MissingInternalTopics)
            missing topics are made       | counts:4
            B joins counting              | B 3: c1 c3
            all beat                      | A 3: c0 c2; B 3: c1 c3
            there are 1 copies            | -
            A beats                       | A 4: c0 c2 ~c1 ~c3
            B beats                       | B 4: c1 c3 ~c0 ~c2
            the group is                  | Stable in 4
            """,
        ["An instance with an older topology is told so, one with another is refused"] = """
            A joins plain of 1            | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing (StaleTopology)
            B beats                       | B 3 (StaleTopology)
            C joins counting of 1         | C InvalidRequest
            D joins counting of 2         | D InvalidRequest
            the group is                  | Reconciling in 3
            """,
        ["A group without members takes another topology"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            A leaves                      | A None
            the group is                  | Empty in 3
            A joins counting              | A 4: nothing (MissingInternalTopics)
            missing topics are made       | counts:4
            A beats                       | A 5: c0 c1 c2 c3
            """,
        ["A group that was empty waits for more members before it assigns anything"] = """
            groups wait 3s                | -
            A joins plain                 | A 1: nothing (AssignmentDelayed)
            the group is                  | Assigning in 2
            B joins plain                 | B 1: nothing (AssignmentDelayed)
            A beats                       | A 1 (AssignmentDelayed)
            4s pass                       | -
            the group is                  | Reconciling in 3
            all beat                      | A 3: p0 p2; B 3: p1 p3
            C joins plain                 | C 4: nothing
            """,
        ["The wait ends when the coordinator moves"] = """
            groups wait 3s                | -
            A joins plain                 | A 1: nothing (AssignmentDelayed)
            the coordinator moves         | -
            A beats                       | A 2: p0 p1 p2 p3
            """,
        ["A wait that nobody is left for ends by itself"] = """
            groups wait 3s                | -
            A joins plain                 | A 1: nothing (AssignmentDelayed)
            A leaves                      | A None
            4s pass                       | -
            the group is                  | Empty in 3
            A joins plain                 | A 1: nothing (AssignmentDelayed)
            4s pass                       | -
            A beats                       | A 4: p0 p1 p2 p3
            """,
        ["When one asks for all to stop all are told, until nobody is left"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing
            all beat                      | A 3: p0 p1; B 3: p2 p3
            A stops all                   | A 3 (ShutdownApplication)
            B beats                       | B 3 (ShutdownApplication)
            A leaves                      | A None
            B leaves                      | B None
            A joins plain                 | A 6: p0 p1 p2 p3
            """,
        ["Everybody knows where state can be asked for"] = """
            A joins plain answering x     | A 2: p0 p1 p2 p3
            A knows                       | x:80 a0 a1 a2 a3, copies of nothing
            B joins plain answering y     | B 3: nothing
            C joins plain                 | C 4: nothing
            all beat                      | A 4: p0 p1; B 4: p2; C 4: p3
            A knows                       | x:80 a0 a1, copies of nothing; y:80 a2, copies of nothing
            C knows                       | x:80 a0 a1, copies of nothing; y:80 a2, copies of nothing
            B leaves                      | B None
            all beat                      | A 5: p0 p1; C 5: p2 p3
            C knows                       | x:80 a0 a1, copies of nothing
            """,
        ["All goes on when the coordinator moves"] = """
            A joins plain                 | A 2: p0 p1 p2 p3
            B joins plain                 | B 3: nothing
            A beats                       | A 2: p0 p1
            the coordinator moves         | -
            A beats                       | A 3
            B beats                       | B 3: p2 p3
            the coordinator moves         | -
            all beat                      | A 3: p0 p1; B 3: p2 p3
            the group is                  | Stable in 3
            46s pass                      | -
            the group is                  | Empty in 5
            """,
        ["A new instance warms up what it is to do, and does it when it has caught up"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            A lacks 0 of c0 c1 c2 c3      | A 2
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            the group is                  | Stable in 3
            B lacks 500 of c2 c3          | B 3
            B lacks 100 of c2             | B 3: ^c3
            A beats                       | A 3: c0 c1 c3
            B beats                       | B 4
            all beat                      | A 4: c0 c1 c3; B 4: c2 ^c3
            B lacks 0 of c2 c3            | B 4: c2
            all beat                      | A 5: c0 c1; B 5: c2 c3
            the group is                  | Stable in 5
            """,
        ["Instances that do not tell how far they are move tasks at once"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            A lacks 0 of c0 c1 c2 c3      | A 2
            B joins counting              | B 3: nothing
            all beat                      | A 3: c0 c1; B 3: c2 c3
            """,
        ["Only so many tasks warm up at a time, and the next one begins when one has moved"] = """
            1 tasks warm up               | -
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2
            B lacks 0 of c2               | B 3: nothing
            all beat                      | A 4: c0 c1 c3; B 4: c2 ^c3
            B lacks 0 of c3               | B 4: c2
            all beat                      | A 5: c0 c1; B 5: c2 c3
            """,
        ["Another number of warm-ups holds from the next heartbeat on, and none of them lets tasks go at once"] = """
            1 tasks warm up               | -
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2
            2 tasks warm up               | -
            all beat                      | A 4: c0 c1 c2 c3; B 4: ^c2 ^c3
            0 tasks warm up               | -
            all beat                      | A 5: c0 c1; B 5: c2 c3
            """,
        ["When the instance that warms up leaves, nothing warms up for it"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            B leaves                      | B None
            all beat                      | A 4: c0 c1 c2 c3
            """,
        ["When the instance leaves that has the state, the one that warms it up does the task at once"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            A leaves                      | A None
            all beat                      | B 4: c0 c1 c2 c3
            """,
        ["An instance that comes back without telling gets what it is to do at once"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            B restarts                    | -
            B joins counting silently     | B 4: nothing
            all beat                      | A 4: c0 c1; B 4: c2 c3
            """,
        ["What warms up goes on when the coordinator moves, and is told again"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            the coordinator moves         | -
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            A lacks 0 of c0 c1 c2 c3      | A 3
            B lacks 0 of c3               | B 3: ^c2
            all beat                      | A 4: c0 c1 c2; B 4: c3 ^c2
            """,
        ["Who has not told anything when twice the interval is over, after the coordinator has moved, tells nothing"] = """
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ^c2 ^c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            the coordinator moves         | -
            40s pass                      | -
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            40s pass                      | -
            all beat                      | A 3: c0 c1 c2 c3; B 3: ^c2 ^c3
            41s pass                      | -
            all beat                      | A 4: c0 c1; B 4: c2 c3
            """,
        ["A copy that lags is no place for its task, and one that has caught up is"] = """
            there are 1 copies            | -
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            A lacks 0 of c0 c1 c2 c3      | A 2
            B joins counting telling      | B 3: ~c0 ~c1 ~c2 ~c3
            all beat                      | A 3: c0 c1 c2 c3; B 3: ~c0 ~c1 ~c2 ~c3
            B lacks 500 of c0 c1 c2 c3    | B 3
            B lacks 50 of c3              | B 3: ~c0 ~c1 ~c2
            all beat                      | A 4: c0 c1 c2 ~c3; B 4: c3 ~c0 ~c1 ~c2
            B lacks 50 of c2              | B 4: c3 ~c0 ~c1
            all beat                      | A 5: c0 c1 ~c2 ~c3; B 5: c2 c3 ~c0 ~c1
            """,
        ["What is lost goes where its state has caught up, and not where a copy lags"] = """
            there are 1 copies            | -
            counts has 4 partitions       | -
            A joins counting telling      | A 2: c0 c1 c2 c3
            B joins counting telling      | B 3: ~c0 ~c1 ~c2 ~c3
            C joins counting telling      | C 4: ~c1 ^c3
            B lacks 0 of c0 c1 c2 c3      | B 3: ~c0 ~c3
            C lacks 0 of c0 c1 c2 c3      | C 4: ~c1
            all beat                      | A 6: c0 c1 ~c2; B 6: c2 ~c0 ~c3; C 6: c3 ~c1
            B lacks 500 of c0             | B 6
            A leaves                      | A None
            all beat                      | B 7: c1 c2 ~c0 ~c3; C 7: c0 c3 ~c1 ~c2
            """,
    };

    public static TheoryData<string> Names => [.. Tables.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_goes_as_its_table_says(string name) => Assert.Equal(Tables[name] + "\n", StreamsScript.Play(Tables[name]));
}
