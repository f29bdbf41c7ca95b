namespace Spate.Coordination.Tests.Scenarios;

/// <summary>
/// What share groups go through, as tables: see <see cref="ShareScript"/>. Behind the bar stand epochs and what is fetched from; of state that is kept, its start and
/// its epoch.
/// </summary>
public sealed class ShareScenarioTests
{
    private static readonly Dictionary<string, string> Tables = new(StringComparer.Ordinal)
    {
        ["What is new is initialized first and assigned then"] = """
            the group is                  | GroupIdNotFound
            A joins a                     | A 1: nothing
            the keeper knows              | a0=-1/1 a1=-1/1 a2=-1/1 a3=-1/1
            A beats                       | A 2: a0 a1 a2 a3
            A beats                       | A 2
            the group is                  | Stable in 2
            """,
        ["Nothing is assigned before its state is there, and what fails is tried again"] = """
            the keeper refuses            | -
            A joins a                     | A 1: nothing
            A beats                       | A 1
            the keeper knows              | nothing
            the keeper serves             | -
            A beats                       | A 1
            1.5s pass                     | -
            the keeper knows              | a0=-1/1 a1=-1/1 a2=-1/1 a3=-1/1
            A beats                       | A 2: a0 a1 a2 a3
            """,
        ["What was asked for before the coordinator moved is asked for again"] = """
            the keeper hangs              | -
            A joins a                     | A 1: nothing
            A beats                       | A 1
            the coordinator moves         | -
            A beats                       | A 1
            the keeper answers            | -
            the keeper knows              | a0=-1/1 a1=-1/1 a2=-1/1 a3=-1/1
            A beats                       | A 2: a0 a1 a2 a3
            the coordinator moves         | -
            A beats                       | A 2
            """,
        ["Partitions are shared out where there are enough of them, and shared where there are not"] = """
            A joins b                     | A 1: nothing
            B joins b                     | B 2: b1
            all beat                      | A 2: b0; B 2: b1
            C joins b                     | C 3: b0
            all beat                      | A 3: b0; B 3: b1; C 3: b0
            B leaves                      | B None
            all beat                      | A 4: b0; C 4: b1
            """,
        ["A member that leaves makes room, and the last one leaves an empty group"] = """
            A joins a                     | A 1: nothing
            B joins a                     | B 2: a1 a3
            all beat                      | A 2: a0 a2; B 2: a1 a3
            A leaves                      | A None
            B beats                       | B 3: a0 a1 a2 a3
            B leaves                      | B None
            the group is                  | Empty in 4
            B joins a                     | B 5: a0 a1 a2 a3
            """,
        ["A member that falls silent is put out after its session, and comes back under its id"] = """
            A joins a                     | A 1: nothing
            B joins a                     | B 2: a1 a3
            30s pass                      | -
            B beats                       | B 2
            16s pass                      | -
            B beats                       | B 3: a0 a1 a2 a3
            A beats                       | A UnknownMemberId
            A beats                       | A 4: a2 a3
            all beat                      | A 4: a2 a3; B 4: a0 a1
            """,
        ["Sessions are given anew when the coordinator moves"] = """
            A joins a                     | A 1: nothing
            40s pass                      | -
            the coordinator moves         | -
            40s pass                      | -
            A beats                       | A 2: a0 a1 a2 a3
            46s pass                      | -
            the group is                  | Empty in 3
            """,
        ["A member that restarts under its id goes on with what it had"] = """
            A joins a                     | A 1: nothing
            A beats                       | A 2: a0 a1 a2 a3
            A restarts                    | -
            A beats                       | A 2: a0 a1 a2 a3
            """,
        ["Who asks for other topics gets them by the same heartbeat, if anybody has read them before"] = """
            A joins a                     | A 1: nothing
            B joins b                     | B 2: nothing
            all beat                      | A 3: a0 a1 a2 a3; B 3: b0 b1
            A subscribes b                | A 4: b1
            all beat                      | A 4: b1; B 4: b0
            A subscribes nothing          | A 5: nothing
            B beats                       | B 5: b0 b1
            """,
        ["Who reads different topics gets something of each"] = """
            A joins a                     | A 1: nothing
            B joins a,b                   | B 2: a1 a3
            all beat                      | A 3: a0 a2; B 3: a1 a3 b0 b1
            """,
        ["Partitions that are added are initialized and assigned"] = """
            A joins b                     | A 1: nothing
            A beats                       | A 2: b0 b1
            b has 3 partitions            | -
            A beats                       | A 3
            A beats                       | A 4: b0 b1 b2
            the keeper knows              | b0=-1/1 b1=-1/1 b2=-1/3
            """,
        ["A topic that is made after it is asked for is noticed"] = """
            A joins c                     | A 1: nothing
            c has 1 partitions            | -
            A beats                       | A 2
            A beats                       | A 3: c0
            """,
        ["A topic that is deleted is taken away, with its state"] = """
            A joins a,b                   | A 1: nothing
            A beats                       | A 2: a0 a1 a2 a3 b0 b1
            a is deleted                  | None
            the keeper knows              | b0=-1/1 b1=-1/1
            A beats                       | A 3: b0 b1
            """,
        ["State of a topic that was deleted while nobody looked is deleted when the groups are loaded"] = """
            A joins a,b                   | A 1: nothing
            a is deleted unseen           | -
            the coordinator moves         | -
            the keeper knows              | b0=-1/1 b1=-1/1
            """,
        ["State of a deleted topic that cannot be deleted now is deleted later"] = """
            A joins b                     | A 1: nothing
            the keeper refuses            | -
            b is deleted                  | None
            A beats                       | A 2
            the coordinator moves         | -
            A beats                       | A 2
            the keeper serves             | -
            2s pass                       | -
            the keeper knows              | nothing
            """,
        ["A topic that is made anew begins anew"] = """
            A joins b                     | A 1: nothing
            A beats                       | A 2: b0 b1
            b is deleted                  | None
            b has 1 partitions            | -
            A beats                       | A 3: nothing
            A beats                       | A 4: b0
            the keeper knows              | b0=-1/3
            """,
        ["A group is deleted with its state, when nobody is in it"] = """
            A joins b                     | A 1: nothing
            the group is deleted          | NonEmptyGroup
            A leaves                      | A None
            the group is deleted          | None
            the keeper knows              | nothing
            the group is                  | GroupIdNotFound
            the group is deleted          | GroupIdNotFound
            """,
        ["A group whose state cannot be deleted stays, and its state is deleted later"] = """
            A joins b                     | A 1: nothing
            A leaves                      | A None
            the keeper refuses            | -
            the group is deleted          | NotCoordinator
            the group is                  | Empty in 2
            the coordinator moves         | -
            the keeper serves             | -
            2s pass                       | -
            the keeper knows              | nothing
            the group is deleted          | None
            """,
        ["A group that somebody joins while it is deleted stays, and begins anew"] = """
            A joins b                     | A 1: nothing
            A leaves                      | A None
            the keeper hangs              | -
            the group is deleted          | waits
            B joins b                     | B 3: nothing
            the keeper answers            | -
            B beats                       | B 3
            B beats                       | B 4: b0 b1
            the keeper knows              | b0=-1/3 b1=-1/3
            """,
        ["Where a group begins can be set and forgotten while nobody is in it"] = """
            a is set to 7                 | GroupIdNotFound
            A joins b                     | A 1: nothing
            b is set to 7                 | NonEmptyGroup
            b is forgotten                | NonEmptyGroup
            A leaves                      | A None
            b is set to 7                 | None
            the keeper knows              | b0=7/3 b1=7/3
            a is forgotten                | UnknownTopicOrPartition
            c is set to 1                 | UnknownTopicOrPartition
            b is forgotten                | None
            the keeper knows              | nothing
            A joins b                     | A 4: nothing
            the keeper knows              | b0=-1/4 b1=-1/4
            all beat                      | A 5: b0 b1
            """,
        ["What was set before anybody read it is assigned at once"] = """
            A joins b                     | A 1: nothing
            A leaves                      | A None
            a is set to 3                 | None
            A joins a                     | A 4: a0 a1 a2 a3
            the keeper knows              | a0=3/3 a1=3/3 a2=3/3 a3=3/3 b0=-1/1 b1=-1/1
            """,
        ["Answers that the log does not take in are kept until it does"] = """
            the keeper hangs              | -
            A joins b                     | A 1: nothing
            the log refuses               | -
            the keeper answers            | -
            the log takes                 | -
            A beats                       | A 1
            1.5s pass                     | -
            A beats                       | A 2: b0 b1
            """,
    };

    public static TheoryData<string> Names => [.. Tables.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scenario_goes_as_its_table_says(string name) => Assert.Equal(Tables[name] + "\n", ShareScript.Play(Tables[name]));
}
