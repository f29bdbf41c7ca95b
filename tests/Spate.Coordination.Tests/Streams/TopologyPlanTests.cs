using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Messages;
using static Spate.Coordination.Tests.Harness.Applications;

namespace Spate.Coordination.Tests.Streams;

/// <summary>Applications good and bad against topics: what tasks they come to, or why they cannot run. Topic a has four partitions, b has two, c has four.</summary>
public sealed class TopologyPlanTests
{
    private static readonly Dictionary<string, (StreamsGroupHeartbeatRequest.Subtopology[] Parts, string Expected)> Cases = new(StringComparer.Ordinal)
    {
        ["one source"] = ([Part("p", ["a"])], "p:4"),
        ["the widest source counts"] = ([Part("p", ["b", "a"])], "p:4"),
        ["nothing to read"] = ([Part("p", [])], "p:0"),
        ["no parts at all"] = ([], ""),
        ["parts of their own"] = ([Part("p", ["a"]), Part("q", ["b"])], "p:4 q:2"),
        ["a source that is not there"] = ([Part("p", ["a", "z", "y"]), Part("q", ["z"])], "MissingSourceTopics: Source topics y, z are missing."),
        ["a changelog that is not there"] = ([Part("p", ["a"], changelogs: ["log"])], "MissingInternalTopics: Internal topics are missing: [log] log:4"),
        ["a changelog for each of the tasks of a part"] = ([Part("p", ["b"], changelogs: ["log"]), Part("q", ["a"])], "MissingInternalTopics: Internal topics are missing: [log] log:2"),
        ["a source that is its own changelog"] = ([Part("p", ["a"], changelogs: ["a"])], "p:4"),
        ["a changelog that is cut otherwise"] = ([Part("p", ["a"], changelogs: ["b"])], "IncorrectlyPartitionedTopics: Existing topic b has different number of partitions: expected 4, found 2"),
        ["a changelog that is there"] = ([Part("p", ["a"], changelogs: ["c"])], "p:4"),
        ["records handed on keep their number of partitions"] = (
            [Part("p", ["a"], sinks: ["r"]), Part("q", [], own: [("r", 0)])], "MissingInternalTopics: Internal topics are missing: [r] r:4"),
        ["records handed on by two take the wider one"] = (
            [Part("p", ["b"], sinks: ["r"]), Part("q", ["a"], sinks: ["r"]), Part("s", [], own: [("r", 0)])], "MissingInternalTopics: Internal topics are missing: [r] r:4"),
        ["records handed on and on"] = (
            [Part("1", [], own: [("s", 0)]), Part("2", [], own: [("r", 0)], sinks: ["s"]), Part("3", ["b"], sinks: ["r"])],
            "MissingInternalTopics: Internal topics are missing: [r, s] r:2 s:2"),
        ["a number of partitions that the application names"] = (
            [Part("p", ["a"], sinks: ["r"]), Part("q", [], own: [("r", 7)], changelogs: ["log"])], "MissingInternalTopics: Internal topics are missing: [log, r] log:7 r:7"),
        ["records handed on through a topic that is there"] = ([Part("p", ["a"], sinks: ["c"]), Part("q", [], own: [("c", 0)])], "p:4 q:4"),
        ["records handed on through one that is cut otherwise"] = (
            [Part("p", ["a"], sinks: ["b"]), Part("q", [], own: [("b", 0)])],
            "IncorrectlyPartitionedTopics: Existing topic b has different number of partitions: expected 4, found 2"),
        ["sources that must be alike and are"] = ([Part("p", ["a", "c"], together: [["a", "c"]])], "p:4"),
        ["sources that must be alike and are not"] = (
            [Part("p", ["a", "b"], together: [["a", "b"]])], "IncorrectlyPartitionedTopics: Following topics do not have the same number of partitions: [a=4, b=2]"),
        ["what follows is made like the source beside it"] = (
            [Part("p", ["b"], sinks: ["r"]), Part("q", ["a"], own: [("r", 0)], together: [["a", "r"]])], "MissingInternalTopics: Internal topics are missing: [r] r:4"),
        ["what the application names must be like the source beside it"] = (
            [Part("p", ["b"], sinks: ["r"]), Part("q", ["a"], own: [("r", 3)], together: [["a", "r"]])],
            "IncorrectlyPartitionedTopics: Number of partitions [3] of repartition topic [r] doesn't match number of partitions [4] of the source topic."),
        ["what follows is made like what the application names"] = (
            [Part("p", ["a"], sinks: ["r", "s"]), Part("q", [], own: [("r", 6), ("s", 0)], together: [["r", "s"]])],
            "MissingInternalTopics: Internal topics are missing: [r, s] r:6 s:6"),
        ["two that the application names must be alike"] = (
            [Part("p", ["a"], sinks: ["r", "s"]), Part("q", [], own: [("r", 6), ("s", 5)], together: [["r", "s"]])],
            "IncorrectlyPartitionedTopics: Following topics do not have the same number of partitions: [r=6, s=5]"),
        ["what follows together takes the wider one"] = (
            [Part("p", ["a"], sinks: ["r"]), Part("o", ["b"], sinks: ["s"]), Part("q", [], own: [("r", 0), ("s", 0)], together: [["r", "s"]])],
            "MissingInternalTopics: Internal topics are missing: [r, s] r:4 s:4"),
        ["a circle that something is known of"] = (
            [Part("p", ["a"], own: [("s", 0)], sinks: ["r"]), Part("q", [], own: [("r", 0)], sinks: ["s"])],
            "MissingInternalTopics: Internal topics are missing: [r, s] r:4 s:4"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Plan_comes_to_what_the_table_says(string name)
    {
        var topics = new TestTopics();
        topics.Set("a", 4);
        topics.Set("b", 2);
        topics.Set("c", 4);

        var plan = TopologyPlan.Of(StreamsTopology.Of(Of(Cases[name].Parts)), topics.Current);

        Assert.Equal(Cases[name].Expected, plan.Fault is { } fault
            ? $"{fault.Status}: {fault.Detail}{string.Concat(plan.MissingTopics.Select(topic => $" {topic.Name}:{topic.NumPartitions}"))}"
            : string.Join(' ', plan.Subtopologies.Select(each => $"{each.Subtopology.Id}:{each.Tasks}")));
    }

    [Fact]
    public void Missing_topics_have_what_the_topology_sets_for_them()
    {
        var topics = new TestTopics();
        topics.Set("a", 4);
        var unset = Topic("log", 0);
        unset.ReplicationFactor = 0;
        var part = Part("p", ["a"], changelogs: ["other"]);
        part.StateChangelogTopics.Add(unset);

        var missing = TopologyPlan.Of(StreamsTopology.Of(Of(part)), topics.Current).MissingTopics;

        Assert.Equal([("log", (short)-1), ("other", (short)1)], missing.Select(topic => (topic.Name, topic.ReplicationFactor)));
        Assert.All(missing, topic => Assert.Equal(("cleanup.policy", "compact"), (Assert.Single(topic.Configs).Name, topic.Configs[0].Value)));
    }

    [Fact]
    public void Places_where_there_is_nothing_are_passed_over_in_what_others_have_written()
    {
        var topics = new TestTopics();
        topics.Set("a", 4);
        topics.Set("b", 2);
        var part = new StreamsGroupTopologyValue.Subtopology
        {
            SubtopologyId = "p",
            SourceTopics = ["a", "b"],
            CopartitionGroups = [new StreamsGroupTopologyValue.CopartitionGroup { SourceTopics = [0, 7, -1], RepartitionSourceTopics = [0] }],
        };

        var plan = TopologyPlan.Of(StreamsTopology.Read(new StreamsGroupTopologyValue { Subtopologies = [part] }), topics.Current);

        Assert.Equal((true, 4), (plan.IsReady, Assert.Single(plan.Subtopologies).Tasks));
    }

    [Fact]
    public void Topology_is_the_same_in_whatever_order_its_parts_are_told()
    {
        var (one, other) = (Of(Part("p", ["a"]), Part("q", ["b"])), Of(Part("q", ["b"]), Part("p", ["a"])));
        Assert.Equal(StreamsTopology.Of(one), StreamsTopology.Of(other));
        other.Epoch = 1;
        Assert.NotEqual(StreamsTopology.Of(one), StreamsTopology.Of(other));
    }
}
