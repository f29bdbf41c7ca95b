using Spate.Coordination.Tests.Harness;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>Racks that members tell by heartbeats (KIP-881 as KIP-848 has it): partitions go to members that stand where a replica does.</summary>
public sealed class RackTests
{
    private readonly Bench _bench = new();

    [Theory]
    [InlineData("uniform")]
    [InlineData(null)]
    public void Members_read_the_partitions_that_have_a_replica_in_the_rack_they_told(string? assignor)
    {
        _bench.Topics.Set("t", 6, [["x"], ["y"], ["z"], ["x"], ["y"], ["z"]]);
        var members = new[] { "z", "x", "y" }.Select(rack => Reader("in-" + rack, rack, assignor)).ToList();

        Settle(members);

        Assert.Equal(["t2 t5", "t0 t3", "t1 t4"], members.Select(member => member.Reads(_bench.Topics)));
    }

    [Fact]
    public void A_rack_that_was_told_once_is_remembered_by_the_next_coordinator_and_counts_when_replicas_have_moved()
    {
        _bench.Topics.Set("t", 2, [["x"], ["x"]]);
        var (near, far) = (Reader("near", "x", null), Reader("far", "y", null));
        Settle([near, far]);
        var (had, other) = (near.Reads(_bench.Topics), far.Reads(_bench.Topics));
        Assert.Equal(["t0", "t1"], new[] { had, other }.Order());

        var next = _bench.TakeOver();
        next.Topics.Set("t", 2, had == "t0" ? [["y"], ["x"]] : [["x"], ["y"]]);
        Assert.Null(near.Request().RackId);
        Settle([near, far], next);

        Assert.Equal((other, had), (near.Reads(next.Topics), far.Reads(next.Topics)));
    }

    private TestConsumer Reader(string name, string rack, string? assignor)
    {
        var member = new TestConsumer(_bench, name) { Rack = rack, Assignor = assignor };
        member.Subscribe("t");
        return member;
    }

    private void Settle(List<TestConsumer> members, Bench? at = null)
    {
        for (var round = 0; round < 10; round++)
        {
            members.ForEach(member => member.Beat(at ?? _bench));
        }
    }
}
