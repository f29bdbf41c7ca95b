namespace Spate.Coordination.Tests.Scenarios;

/// <summary>What groups of the consumer protocol go through, as tables: see <see cref="ConsumerScript"/>. Behind the bar stand epochs and what is read.</summary>
public sealed class ConsumerScenarioTests
{
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["The first member gets everything at once"] = """
            the group is                  | GroupIdNotFound
            A joins a,b                   | A 1: a0 a1 a2 a3 b0 b1
            the group is                  | Stable in 1
            A beats                       | A 1
            """,
        ["A second member gets its part when the first has given it up, and not before"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            the group is                  | Reconciling in 2
            A beats                       | A 1: a0 a1
            B beats                       | B 2
            A beats                       | A 2
            B beats                       | B 2: a2 a3
            the group is                  | Stable in 2
            """,
        ["A member that leaves makes room"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            all beat                      | A 2: a0 a1; B 2: a2 a3
            A leaves                      | A None
            the group is                  | Assigning in 3
            B beats                       | B 3: a0 a1 a2 a3
            B leaves                      | B None
            the group is                  | Empty in 4
            """,
        ["A member that falls silent is put out after its session, and starts anew when it comes back"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            all beat                      | A 2: a0 a1; B 2: a2 a3
            30s pass                      | -
            B beats                       | B 2
            16s pass                      | -
            B beats                       | B 3: a0 a1 a2 a3
            A beats                       | A UnknownMemberId
            A beats                       | A 4: nothing
            all beat                      | A 4: a2 a3; B 4: a0 a1
            """,
        ["A member that does not give its partitions up in time is put out"] = """
            A joins a slowly              | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            A beats                       | A 1: a0 a1 a2 a3
            40s pass                      | -
            A beats                       | A 1
            B beats                       | B 2
            21s pass                      | -
            A beats                       | A UnknownMemberId
            B beats                       | B 3: a0 a1 a2 a3
            """,
        ["What a member takes up is what it has given up, until then nobody has it"] = """
            A joins a slowly              | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            A beats                       | A 1: a0 a1 a2 a3
            B leaves                      | B None
            A beats                       | A 1
            A gives up                    | A 3: a0 a1 a2 a3
            """,
        ["A member that asks for other topics gives up the old ones first"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            A subscribes b                | A 1: nothing
            A beats                       | A 2: b0 b1
            """,
        ["Who subscribes to nothing is a member all the same"] = """
            A joins nothing               | A 1: nothing
            B joins a                     | B 2: a0 a1 a2 a3
            all beat                      | A 2: nothing; B 2: a0 a1 a2 a3
            """,
        ["Ranges keep topics together that are cut alike"] = """
            b has 4 partitions            | -
            A joins a,b by range          | A 1: a0 a1 a2 a3 b0 b1 b2 b3
            B joins a,b by range          | B 2: nothing
            all beat                      | A 2: a0 a1 b0 b1; B 2: a2 a3 b2 b3
            """,
        ["A topic gets more partitions, another one is deleted, and a third appears"] = """
            A joins a,b,c                 | A 1: a0 a1 a2 a3 b0 b1
            a has 5 partitions            | -
            A beats                       | A 2: a0 a1 a2 a3 a4 b0 b1
            b is deleted                  | -
            A beats                       | A 2: a0 a1 a2 a3 a4
            A beats                       | A 3
            c has 1 partitions            | -
            A beats                       | A 4: a0 a1 a2 a3 a4 c0
            """,
        ["A topic vanishes while its partitions change hands"] = """
            A joins a,b                   | A 1: a0 a1 a2 a3 b0 b1
            B joins a,b                   | B 2: nothing
            A beats                       | A 1: a0 a1 a2
            a is deleted                  | -
            B beats                       | B 3
            A beats                       | A 1: nothing
            all beat                      | A 3: b1; B 3: b0
            the group is                  | Stable in 3
            """,
        ["The coordinator moves in the middle of it all, and nobody notices"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            B joins a                     | B 2: nothing
            A beats                       | A 1: a0 a1
            the coordinator moves         | -
            B beats                       | B 2
            A beats                       | A 2
            the coordinator moves         | -
            B beats                       | B 2: a2 a3
            the group is                  | Stable in 2
            """,
        ["Sessions go on after the coordinator has moved"] = """
            A joins a                     | A 1: a0 a1 a2 a3
            the coordinator moves         | -
            46s pass                      | -
            A beats                       | A UnknownMemberId
            the group is                  | Empty in 2
            """,
        ["A static member comes back within its session and takes up what it had"] = """
            A joins a as one              | A 1: a0 a1 a2 a3
            B joins a as two              | B 2: nothing
            all beat                      | A 2: a0 a1; B 2: a2 a3
            A leaves for a while          | A None
            A restarts anew               | -
            B beats                       | B 2
            A joins a as one              | A 2: a0 a1
            all beat                      | A 2: a0 a1; B 2: a2 a3
            the group is                  | Stable in 2
            """,
        ["A static member that stays away is put out after its session"] = """
            A joins a as one              | A 1: a0 a1 a2 a3
            B joins a as two              | B 2: nothing
            all beat                      | A 2: a0 a1; B 2: a2 a3
            A leaves for a while          | A None
            30s pass                      | -
            B beats                       | B 2
            16s pass                      | -
            B beats                       | B 3: a0 a1 a2 a3
            """,
        ["An instance that is in use is not given to another"] = """
            A joins a as one              | A 1: a0 a1 a2 a3
            B joins a as one              | B UnreleasedInstanceId
            A leaves for a while          | A None
            B joins a as one              | B 1: a0 a1 a2 a3
            A beats                       | A UnreleasedInstanceId
            """,
        ["A regular expression is resolved here, and follows the topics that come and go"] = """
            A joins nothing matching [ac]c* | A 1: a0 a1 a2 a3
            cc has 2 partitions           | -
            A beats                       | A 2: a0 a1 a2 a3 cc0 cc1
            a is deleted                  | -
            A beats                       | A 2: cc0 cc1
            A beats                       | A 3
            the coordinator moves         | -
            A beats                       | A 3
            the group is                  | Stable in 3
            """,
        ["A regular expression does not reach the broker's own topics, and a name does"] = """
            __kept has 2 partitions       | -
            A joins nothing matching [a_].* | A 1: a0 a1 a2 a3
            B joins __kept                | B 2: __kept0 __kept1
            A beats                       | A 2
            """,
        ["An expression that is none is refused"] = """
            A joins nothing matching (    | A InvalidRegularExpression
            A joins nothing matching (?=a)a | A InvalidRegularExpression
            the group is                  | GroupIdNotFound
            """,
    };

    public static TheoryData<string> Names => [.. Tables.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_goes_as_its_table_says(string name) => Assert.Equal(Tables[name] + "\n", ConsumerScript.Play(Tables[name]));
}
