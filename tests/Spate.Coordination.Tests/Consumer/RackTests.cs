using Spate.Coordination.Tests.Harness;

namespace Spate.Coordination.Tests.Consumer;

/// <summary>Racks that members tell by heartbeats reach the assignors. What these make of them is in AssignorTests.</summary>
public sealed class RackTests
{
    private readonly Bench _bench = new();

    [Theory]
    [InlineData("uniform", "y", "x", "t1 t3", "t0 t2")]
    [InlineData("range", "y", "x", "t1 t3", "t0 t2")]
    [InlineData("uniform", null, null, "t0 t1", "t2 t3")]
    public void Who_gives_partitions_up_keeps_those_that_have_a_replica_in_its_rack(string assignor, string? rackOfFirst, string? rackOfSecond, string first, string second)
    {
        _bench.Topics.Set("t", 4, [["x"], ["y"], ["x"], ["y"]]);
        var stays = Reader("stays", rackOfFirst, assignor);
        stays.Beat();
        Assert.Equal("t0 t1 t2 t3", stays.Reads(_bench.Topics));

        var comes = Reader("comes", rackOfSecond, assignor);
        Settle(_bench, stays, comes);

        Assert.Equal((first, second), (stays.Reads(_bench.Topics), comes.Reads(_bench.Topics)));
    }

    [Fact]
    public void A_rack_that_was_told_once_is_known_to_the_next_coordinator()
    {
        _bench.Topics.Set("t", 4, [["x"], ["y"], ["x"], ["y"]]);
        var stays = Reader("stays", "y", null);
        stays.Beat();

        var next = _bench.TakeOver();
        Assert.Null(stays.Request().RackId);
        var comes = Reader("comes", "x", null);
        Settle(next, stays, comes);

        Assert.Equal(("t1 t3", "t0 t2"), (stays.Reads(next.Topics), comes.Reads(next.Topics)));
    }

    private static void Settle(Bench bench, params TestConsumer[] members)
    {
        for (var round = 0; round < 4; round++)
        {
            Array.ForEach(members, member => member.Beat(bench));
        }
    }

    private TestConsumer Reader(string name, string? rack, string? assignor)
    {
        var member = new TestConsumer(_bench, name) { Rack = rack, Assignor = assignor };
        member.Subscribe("t");
        return member;
    }
}
