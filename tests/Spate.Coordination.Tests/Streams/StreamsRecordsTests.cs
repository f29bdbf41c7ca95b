using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Groups.Streams.Topologies;
using Spate.Coordination.Runtime;
using Spate.Coordination.Tests.Harness;

namespace Spate.Coordination.Tests.Streams;

/// <summary>The bytes of the records of streams groups, spelt out, and what is made of those of other brokers.</summary>
public sealed class StreamsRecordsTests
{
    [Fact]
    public void Group_is_written_with_what_its_epoch_was_raised_for() => AssertBytes(
        StreamsGroupRecords.Group("g", new GroupEpoch(5, 6, 7, 1)),
        "0011" + "000167",
        "0000" + "00000005" + "0000000000000006" + "02" + "00" + "04" + "00000007" + "01" + "19" + "02" + "15" + Text("num.standby.replicas") + "02" + Text("1") + "00");

    [Fact]
    public void Group_is_written_shortly_where_nothing_was_validated() => AssertBytes(
        StreamsGroupRecords.Group("g", new GroupEpoch(5, 6, -1, null)), "0011" + "000167", "0000" + "00000005" + "0000000000000006" + "00");

    [Fact]
    public void Member_is_written_with_all_that_it_says() => AssertBytes(
        StreamsGroupRecords.Member("g", "m", new StreamsMemberMetadata
        {
            RackId = "r",
            ClientId = "c",
            ClientHost = "h",
            RebalanceTimeoutMs = 9,
            TopologyEpoch = 2,
            ProcessId = "p",
            Endpoint = new ClientEndpoint("e", 80),
            Tags = ClientTags.Of([("k", "v")]),
        }),
        "0013" + "000167" + "00016D",
        "0000" + "00" + "02" + Text("r") + "02" + Text("c") + "02" + Text("h") + "00000009" + "00000002" + "02" + Text("p")
        + "01" + "02" + Text("e") + "0050" + "00" + "02" + "02" + Text("k") + "02" + Text("v") + "00" + "00");

    [Fact]
    public void Target_epoch_is_a_number() => AssertBytes(StreamsGroupRecords.TargetEpoch("g", 3), "0014" + "000167", "0000" + "00000003" + "00");

    [Fact]
    public void Target_is_three_lists() => AssertBytes(
        StreamsGroupRecords.Target("g", "m", new TaskAssignment(Tasks("s", 0, 2), Tasks("t", 1), TaskSet.Empty)),
        "0015" + "000167" + "00016D",
        "0000" + "02" + "02" + Text("s") + "03" + "00000000" + "00000002" + "00" + "02" + "02" + Text("t") + "02" + "00000001" + "00" + "01" + "00");

    [Fact]
    public void Current_assignment_is_six_lists() => AssertBytes(
        StreamsGroupRecords.Current("g", "m", new CurrentTasks
        {
            Epoch = 4,
            PreviousEpoch = 3,
            State = MemberState.UnrevokedPartitions,
            Assigned = new TaskAssignment(Tasks("s", 0), TaskSet.Empty, Tasks("s", 3)),
            PendingRevocation = new TaskAssignment(TaskSet.Empty, Tasks("s", 1), TaskSet.Empty),
        }),
        "0016" + "000167" + "00016D",
        "0000" + "00000004" + "00000003" + "01"
        + "02" + "02" + Text("s") + "02" + "00000000" + "00" + "01" + "02" + "02" + Text("s") + "02" + "00000003" + "00"
        + "01" + "02" + "02" + Text("s") + "02" + "00000001" + "00" + "01" + "00");

    [Fact]
    public void Topology_is_written_as_it_was_told() => AssertBytes(
        StreamsGroupRecords.Topology("g", StreamsTopology.Of(Applications.Of(
            Applications.Part("s", ["a"], own: [("r", 3)], sinks: ["r"], changelogs: ["l"], together: [["a", "r"]])))),
        "0017" + "000167",
        "0000" + "00000000" + "02" + "02" + Text("s") + "02" + "02" + Text("a") + "01"
        + "02" + "02" + Text("l") + "00000000" + "0001" + Config + "00"
        + "02" + "02" + Text("r")
        + "02" + "02" + Text("r") + "00000003" + "0001" + Config + "00"
        + "02" + "02" + "0000" + "01" + "02" + "0000" + "00" + "00" + "00");

    [Fact]
    public void Group_that_is_removed_leaves_nothing_behind()
    {
        var bench = new Bench();
        bench.Settings.Streams = new StreamsGroupSettings(InitialRebalanceDelayMs: 0, StandbyReplicas: 1);
        bench.Topics.Set("a", 4);
        bench.Topics.Set("counts", 4);
        foreach (var id in new[] { "m", "n" })
        {
            new TestInstance(id) { Topology = Applications.Named("counting") }.Beat(bench);
        }

        var records = new List<CoordinatorRecord>();
        var group = Bench.Now(bench.Coordinator.ReadAsync("g", shard => shard.Find("g")!.Streams!, _ => null!).AsTask());
        group.AddTombstones(records);

        Assert.All(records, record => Assert.Null(record.Value));
        var written = bench.Log.Records.Select(record => Convert.ToHexString(record.Key.Span)).Distinct();
        Assert.Equal(written.Order(), records.Select(record => Convert.ToHexString(record.Key.Span)).Order());
    }

    private const string Config = "02" + "0F" + "636C65616E75702E706F6C696379" + "08" + "636F6D70616374" + "00";

    private static TaskSet Tasks(string subtopology, params int[] partitions) => TaskSet.Of([(subtopology, partitions)]);

    private static string Text(string text) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(text));

    private static void AssertBytes(CoordinatorRecord record, string key, string value)
    {
        Assert.Equal(key, Convert.ToHexString(record.Key.Span));
        Assert.Equal(value, Convert.ToHexString(record.Value!.Value.Span));
    }
}
