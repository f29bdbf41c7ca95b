using Spate.Broker.Network;
using Spate.Broker.Requests;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Requests;

public sealed class ReplyBuffersTests
{
    private readonly ReplyBuffers _buffers = new();

    [Fact]
    public void Replies_that_are_on_their_way_at_once_have_bytes_of_their_own()
    {
        using var first = Frame(1, "first");
        using var second = Frame(2, "second");

        Assert.Equal(Expected(1, "first"), Bytes(first));
        Assert.Equal(Expected(2, "second"), Bytes(second));
    }

    [Fact]
    public void A_reply_that_is_let_go_twice_gives_its_bytes_to_one_other_only()
    {
        var gone = Frame(1, "gone");
        gone.Dispose();
        gone.Dispose();
        using var first = Frame(2, "first");
        using var second = Frame(3, "second");

        Assert.Equal(Expected(2, "first"), Bytes(first));
        Assert.Equal(Expected(3, "second"), Bytes(second));
    }

    [Fact]
    public void A_reply_that_cannot_be_written_leaves_nothing_in_front_of_the_next()
    {
        Assert.Throws<ArgumentException>(() => Frame(1, new string('x', 40_000)));

        using var next = Frame(2, "next");
        Assert.Equal(Expected(2, "next"), Bytes(next));
    }

    [Fact]
    public void A_reply_takes_the_buffers_of_the_one_before()
    {
        var reply = new FindCoordinatorResponse { Host = "localhost", Port = 1 };
        Make(reply);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Make(reply);
        var pooled = GC.GetAllocatedBytesForCurrentThread() - before;

        before = GC.GetAllocatedBytesForCurrentThread();
        ReplyFrame.Of(ApiKey.FindCoordinator, 2, 1, reply).Dispose();
        var fresh = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(pooled, 0, fresh / 2);
    }

    private static byte[] Expected(int correlationId, string host)
    {
        using var frame = ReplyFrame.Of(ApiKey.FindCoordinator, 2, correlationId, new FindCoordinatorResponse { Host = host, Port = 1 });
        return Bytes(frame);
    }

    private static byte[] Bytes(OutgoingFrame frame) => [.. frame.Parts.SelectMany(part => part.Bytes.ToArray())];

    private void Make(IMessage reply) => _buffers.Frame(ApiKey.FindCoordinator, 2, 1, reply).Dispose();

    private OutgoingFrame Frame(int correlationId, string host) =>
        _buffers.Frame(ApiKey.FindCoordinator, 2, correlationId, new FindCoordinatorResponse { Host = host, Port = 1 });
}
