using Spate.Coordination.Tests.Harness;
using Spate.Protocol.Errors;

namespace Spate.Coordination.Tests.Shares;

/// <summary>Questions to the keeper of delivery state, when the shard that asks them comes and goes.</summary>
public sealed class ShareStateCallersTests
{
    private readonly Bench _bench = new();

    public ShareStateCallersTests() => _bench.Topics.Set("a", 2);

    /// <summary>A deletion that comes late would take away what a group of the same name has begun since.</summary>
    [Fact]
    public void What_is_asked_for_a_group_waits_until_what_was_asked_before_is_answered_also_when_the_shard_was_loaded_again()
    {
        var member = new TestShareMember("A");
        member.Subscribe("a");
        member.Beat(_bench);
        member.Beat(_bench);
        Assert.Equal(2, _bench.Keeper.States.Count);
        member.Leave(_bench);

        _bench.Keeper.Hangs = true;
        _ = _bench.Delete();
        var asked = _bench.Keeper.Calls;
        Assert.True(_bench.Coordinator.LoadAsync(0, 9, _bench.Log).IsCompletedSuccessfully);
        _bench.Pass(10);
        Assert.Equal(asked, _bench.Keeper.Calls);

        _bench.Keeper.Release();
        _bench.Pass(10);
        Assert.Equal(asked + 1, _bench.Keeper.Calls);
        Assert.Empty(_bench.Keeper.States);
        Assert.Equal(ErrorCode.None, Bench.Now(_bench.Delete()));
        member.Subscribe("a");
        member.Beat(_bench);
        Assert.Equal(2, _bench.Keeper.States.Count);
    }
}
