namespace Spate.Coordination.Tests.Scenarios;

/// <summary>The life of groups as tables: on the left what happens, on the right what its members hear. <see cref="GroupScript"/> says how to read them.</summary>
public sealed class GroupScenarioTests
{
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["A new group waits for more members, and then shares out"] = """
            A joins a,b                   | -
            B joins a                     | -
            2s pass                       | -
            C joins b                     | -
            5s pass                       | A leads A,B,C in 1 by range; B follows in 1 by range; C follows in 1 by range
            A syncs                       | A has a0 a1 b0
            B syncs                       | B has a2 a3
            C syncs                       | C has b1
            the group is                  | Stable
            """,
        ["A group grows by one"] = """
            A joins a                     | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            B joins a                     | -
            A beats                       | A RebalanceInProgress
            A joins a                     | A leads A,B in 2 by range; B follows in 2 by range
            B syncs                       | -
            A syncs                       | A has a0 a1; B has a2 a3
            the group is                  | Stable
            """,
        ["A group shrinks when a member leaves"] = """
            A joins a                     | -
            B joins a                     | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            B leaves                      | B None
            A beats                       | A RebalanceInProgress
            A joins a                     | A leads A in 2 by range
            A syncs                       | A has a0 a1 a2 a3
            B beats                       | B UnknownMemberId
            """,
        ["A member that falls silent is put out after its session, and the others go on"] = """
            A joins a within 30s          | -
            B joins a within 10s          | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            9s pass                       | -
            A beats                       | A None
            2s pass                       | -
            A beats                       | A RebalanceInProgress
            A joins a within 30s          | A leads A in 2 by range
            B beats                       | B UnknownMemberId
            A syncs                       | A has a0 a1 a2 a3
            """,
        ["A member that does not join again in time is left out of the next round"] = """
            A joins a within 60s          | -
            B joins a within 60s          | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            C joins a within 60s          | -
            A joins a within 60s          | -
            30s pass                      | A leads A,C in 2 by range; C follows in 2 by range
            C syncs                       | -
            A syncs                       | A has a0 a1; C has a2 a3
            B beats                       | B UnknownMemberId
            """,
        ["The leader dies before it has assigned"] = """
            A joins a within 10s          | -
            B joins a within 30s          | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            B syncs                       | -
            15s pass                      | B RebalanceInProgress
            B joins a within 30s          | B leads B in 2 by range
            B syncs                       | B has a0 a1 a2 a3
            """,
        ["A static member restarts and takes up its part without a round"] = """
            A joins a as one              | -
            B joins a as two              | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            B restarts                    | -
            B joins a as two v9           | B follows in 1 by range
            B syncs                       | B has a2 a3
            A beats                       | A None
            B beats                       | B None
            the group is                  | Stable
            """,
        ["Two members claim one instance: the later one wins, the earlier is fenced"] = """
            A joins a as one              | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            B joins a as one v9           | B leads B in 1 by range
            A beats                       | A FencedInstanceId
            A commits a0=7                | A FencedInstanceId
            B syncs                       | B has a0 a1 a2 a3
            B commits a0=8                | B None
            a0 is committed               | 8
            """,
        ["The protocol that all have and most prefer is chosen; who has none in common is refused"] = """
            A joins a by sticky,range     | -
            B joins a by range,sticky     | -
            C joins a by range            | -
            D joins a by roundrobin       | D InconsistentGroupProtocol
            7s pass                       | A leads A,B,C in 1 by range; B follows in 1 by range; C follows in 1 by range
            """,
        ["A group moves from eager to cooperative by two rounds of restarts"] = """
            A joins a by range            | -
            B joins a by range            | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            A leaves                      | A None
            A restarts                    | -
            A joins a by cooperative-sticky,range | -
            B joins a by range            | A follows in 2 by range; B leads A,B in 2 by range
            B syncs                       | B has a2 a3
            A syncs                       | A has a0 a1
            B leaves                      | B None
            B restarts                    | -
            B joins a by cooperative-sticky,range | -
            A joins a by cooperative-sticky,range | A leads A,B in 3 by cooperative-sticky; B follows in 3 by cooperative-sticky
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            """,
        ["A new client is told its id before it may join"] = """
            A joins a v9                  | A MemberIdRequired
            the group is                  | Empty
            A joins a v9                  | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            """,
        ["An id that was asked for and never used does not hold a round up"] = """
            B joins a v9                  | B MemberIdRequired
            A joins a                     | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            9s pass                       | -
            A beats                       | A None
            9s pass                       | -
            A beats                       | A None
            """,
        ["Commits of an old generation are refused, those of the new one kept"] = """
            A joins a                     | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            A commits a0=5                | A None
            B joins a                     | -
            A commits a1=6                | A None
            A joins a                     | A leads A,B in 2 by range; B follows in 2 by range
            A commits a2=7                | A RebalanceInProgress
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            A commits a0=8                | A None
            a0 is committed               | 8
            a1 is committed               | 6
            a2 is committed               | -1
            """,
        ["The coordinator moves in the middle of a stable group, which does not notice"] = """
            A joins a                     | -
            B joins b                     | -
            6s pass                       | A leads A,B in 1 by range; B follows in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            B syncs                       | B has b0 b1
            A commits a3=9                | A None
            the coordinator moves         | -
            A beats                       | A None
            B beats                       | B None
            a3 is committed               | 9
            the group is                  | Stable
            """,
        ["The coordinator moves while a round is on, and the round begins anew"] = """
            A joins a                     | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            B joins a                     | -
            the coordinator moves         | -
            A beats                       | A None
            B restarts                    | -
            B joins a                     | -
            A beats                       | A RebalanceInProgress
            A joins a                     | A leads A,B in 2 by range; B follows in 2 by range
            A syncs                       | A has a0 a1
            B syncs                       | B has a2 a3
            """,
        ["The last member leaves, the offsets stay, and a new life begins in the next generation"] = """
            A joins a                     | -
            3s pass                       | A leads A in 1 by range
            A syncs                       | A has a0 a1 a2 a3
            A commits a0=5                | A None
            A leaves                      | A None
            the group is                  | Empty
            a0 is committed               | 5
            B joins a                     | -
            3s pass                       | B leads B in 3 by range
            """,
    };

    public static TheoryData<string> Names => [.. Tables.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_goes_as_its_table_says(string name) => Assert.Equal(Tables[name] + "\n", GroupScript.Play(Tables[name]));
}
