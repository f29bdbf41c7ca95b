using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class ReplyTests
{
    [Fact]
    public async Task Replies_leave_in_the_order_of_the_requests_whatever_finishes_first()
    {
        await using var bench = new NetworkBench();
        var replies = bench.Dispatcher.AnswerByHand();
        var (client, _) = bench.Connect();
        client.Deliver([.. Frames.Of(0), .. Frames.Of(1), .. Frames.Of(2), .. Frames.Of(3)]);
        Assert.Equal(4, replies.Count);

        Complete(replies[2], 2);
        Complete(replies[1], 1);
        Assert.Empty(client.Sent);
        Complete(replies[0], 0);
        Assert.Equal([[0], [1], [2]], Frames.Split(client.Sent));
        Complete(replies[3], 3);
        Assert.Equal([[0], [1], [2], [3]], Frames.Split(client.Sent));
    }

    [Fact]
    public async Task A_request_without_reply_takes_no_place_in_the_stream()
    {
        await using var bench = new NetworkBench();
        bench.Dispatcher.Answer = (number, _, _) => ValueTask.FromResult(number % 2 == 0 ? null : Frames.Reply((byte)number));
        var (client, _) = bench.Connect();
        client.Deliver([.. Frames.Of(0), .. Frames.Of(0), .. Frames.Of(0), .. Frames.Of(0)]);
        Assert.Equal([[1], [3]], Frames.Split(client.Sent));
    }

    [Fact]
    public async Task A_connection_with_all_it_may_have_in_flight_reads_no_more_until_a_reply_leaves()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestsInFlightMax = 3 });
        var replies = bench.Dispatcher.AnswerByHand();
        var (client, connection) = bench.Connect();
        for (byte i = 0; i < 5; i++)
        {
            client.Deliver(Frames.Of(i));
        }

        Assert.Equal(3, replies.Count);
        Assert.Equal(3, connection.InFlight);
        Assert.Equal(2, client.Unread);
        Assert.False(client.IsAwaited);

        var fourth = bench.Dispatcher.ReachedAsync(4);
        Complete(replies[0], 0);
        await fourth;
        Assert.Equal(3, connection.InFlight);

        var fifth = bench.Dispatcher.ReachedAsync(5);
        Complete(replies[1], 1);
        await fifth;
        for (byte i = 2; i < 5; i++)
        {
            Complete(replies[i], i);
        }

        Assert.Equal([[0], [1], [2], [3], [4]], Frames.Split(client.Sent));
    }

    [Fact]
    public async Task Replies_that_pile_up_behind_a_slow_one_stop_the_reading()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { ReplyBytesQueuedMax = 1000 });
        var first = new TaskCompletionSource<OutgoingFrame?>();
        bench.Dispatcher.Answer = (number, _, _) =>
            number == 0 ? new ValueTask<OutgoingFrame?>(first.Task) : ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(Frames.Body(400, number)));
        var (client, connection) = bench.Connect();
        for (byte i = 0; i < 6; i++)
        {
            client.Deliver(Frames.Of(i));
        }

        // Two replies of 404 bytes are below the bound, three are above it.
        Assert.Equal(4, connection.InFlight);
        Assert.Equal(2, client.Unread);

        var all = bench.Dispatcher.ReachedAsync(6);
        Complete(first, 0);
        await all;
    }

    [Fact]
    public async Task A_client_that_takes_no_replies_is_read_no_further_than_the_bound_and_is_idle_in_the_end()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { RequestsInFlightMax = 5 });
        var (client, connection) = bench.Connect();
        client.TakesNothing = true;
        for (byte i = 0; i < 20; i++)
        {
            client.Deliver(Frames.Of(i));
        }

        Assert.Equal(5, bench.Dispatcher.Requests.Count);
        Assert.False(connection.IsIdle());
        bench.Time.Advance(bench.Limits.IdleTimeout);
        Assert.True(connection.IsIdle());
        connection.Abort(CloseReason.Idle);
        await connection.Ended.OrTimeout("the end");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_broken_protocol_closes_after_the_replies_before_with_one_warning(bool atOnce)
    {
        await using var bench = new NetworkBench();
        bench.Dispatcher.Answer = (number, frame, _) =>
        {
            var broken = new ConnectionProtocolException("its header makes no sense.");
            return number switch
            {
                0 => ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(8)),
                1 when atOnce => throw broken,
                1 => ValueTask.FromException<OutgoingFrame?>(broken),
                _ => default,
            };
        };
        var (client, connection) = bench.Connect();
        client.Deliver([.. Frames.Of(0), .. Frames.Of(1), .. Frames.Of(2)]);
        await connection.Ended.OrTimeout("the end");
        Assert.Equal(CloseReason.Protocol, connection.ClosedBecause);
        Assert.Equal([[8]], Frames.Split(client.Sent));
        Assert.Equal(["Connection from 127.0.0.1:4711 is closed because its header makes no sense."], bench.Log.Complaints);
        Assert.Equal(1, bench.Metrics.Closed(CloseReason.Protocol));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_dispatcher_that_fails_ends_its_connection_and_no_other(bool atOnce)
    {
        await using var bench = new NetworkBench();
        bench.Dispatcher.Answer = (_, frame, _) => frame.Bytes.Span[0] switch
        {
            13 when atOnce => throw new IOException("boom"),
            13 => ValueTask.FromException<OutgoingFrame?>(new IOException("boom")),
            _ => ValueTask.FromResult<OutgoingFrame?>(Frames.Reply(1)),
        };
        var (unlucky, failing) = bench.Connect();
        var (other, healthy) = bench.Connect();
        unlucky.Deliver(Frames.Of(13));
        await failing.Ended.OrTimeout("the end");
        Assert.Equal(CloseReason.Failure, failing.ClosedBecause);
        Assert.Single(bench.Log.Complaints);
        other.Deliver(Frames.Of(1));
        Assert.Equal([[1]], Frames.Split(other.Sent));
        Assert.Equal(CloseReason.None, healthy.ClosedBecause);
    }

    [Fact]
    public async Task When_the_client_goes_what_works_for_it_is_told_and_its_reply_is_disposed()
    {
        await using var bench = new NetworkBench();
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var reply = new TaskCompletionSource<OutgoingFrame?>();
        bench.Dispatcher.Answer = (_, _, closed) =>
        {
            closed.Register(told.SetResult);
            return new ValueTask<OutgoingFrame?>(reply.Task);
        };
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1));
        client.End();
        await told.Task.OrTimeout("the cancellation");
        Assert.False(connection.Ended.IsCompleted);
        using var source = new TestRecordSource(10);
        reply.SetResult(TestRecordSource.Frame(source));
        await connection.Ended.OrTimeout("the end");
        Assert.True(source.IsDisposed);
        Assert.Equal(CloseReason.ClientClosed, connection.ClosedBecause);
        Assert.Empty(bench.Log.Complaints);
    }

    [Fact]
    public async Task A_reset_is_nothing_to_complain_about()
    {
        await using var bench = new NetworkBench();
        var (client, connection) = bench.Connect();
        client.Deliver([0, 0]);
        client.Reset();
        await connection.Ended.OrTimeout("the end");
        Assert.Equal(CloseReason.Reset, connection.ClosedBecause);
        Assert.Empty(bench.Log.Complaints);
    }

    [Fact]
    public async Task Stop_answers_what_was_accepted_then_says_goodbye()
    {
        await using var bench = new NetworkBench();
        var replies = bench.Dispatcher.AnswerByHand();
        var (client, connection) = bench.Connect();
        client.Deliver([.. Frames.Of(0), .. Frames.Of(1), 0, 0]);
        Inline.Run(connection.Stop);
        Assert.False(connection.Ended.IsCompleted);
        Complete(replies[1], 1);
        Complete(replies[0], 0);
        await connection.Ended.OrTimeout("the end");
        Assert.Equal([[0], [1]], Frames.Split(client.Sent));
        Assert.True(client.SendingFinished);
        Assert.Equal(CloseReason.Stopped, connection.ClosedBecause);
    }

    private static void Complete(TaskCompletionSource<OutgoingFrame?> source, byte body) =>
        Inline.Run(() => source.SetResult(Frames.Reply(body)));
}
