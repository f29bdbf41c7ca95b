using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class IdleTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);
    private static readonly ConnectionLimits Limits = new() { IdleTimeout = Timeout };

    [Fact]
    public async Task A_client_that_asks_nothing_is_idle_after_the_timeout_and_not_before()
    {
        await using var bench = new NetworkBench(Limits);
        var (_, connection) = bench.Connect();
        bench.Time.Advance(Timeout - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.IsIdle());
        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(connection.IsIdle());
    }

    [Fact]
    public async Task Bytes_of_half_a_frame_are_progress_and_silence_after_them_is_not()
    {
        await using var bench = new NetworkBench(Limits);
        var (client, connection) = bench.Connect();
        bench.Time.Advance(Timeout - TimeSpan.FromSeconds(1));
        client.Deliver([.. Frames.Prefix(200_000), 1]);
        bench.Time.Advance(Timeout - TimeSpan.FromSeconds(1));
        client.Deliver([2]);
        bench.Time.Advance(Timeout - TimeSpan.FromSeconds(1));
        Assert.False(connection.IsIdle());
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(connection.IsIdle());
    }

    [Fact]
    public async Task A_request_in_work_is_not_idleness_and_its_end_starts_the_time_anew()
    {
        await using var bench = new NetworkBench(Limits);
        var replies = bench.Dispatcher.AnswerByHand();
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1));
        bench.Time.Advance(Timeout * 3);
        Assert.False(connection.IsIdle());
        Inline.Run(() => replies[0].SetResult(null));
        Assert.False(connection.IsIdle());
        bench.Time.Advance(Timeout);
        Assert.True(connection.IsIdle());
    }

    [Fact]
    public async Task A_request_that_the_dispatcher_has_not_let_go_of_is_not_idleness()
    {
        await using var bench = new NetworkBench(Limits);
        Connection? connection = null;
        var idle = true;
        bench.Dispatcher.Answer = (_, _, _) =>
        {
            bench.Time.Advance(Timeout * 3);
            idle = connection!.IsIdle();
            return ValueTask.FromResult<OutgoingFrame?>(null);
        };
        (var client, connection) = bench.Connect();

        client.Deliver(Frames.Of(1));

        Assert.False(idle);
        bench.Time.Advance(Timeout);
        Assert.True(connection.IsIdle());
    }

    [Fact]
    public async Task An_infinite_timeout_never_ends()
    {
        await using var bench = new NetworkBench(new ConnectionLimits { IdleTimeout = System.Threading.Timeout.InfiniteTimeSpan });
        var (_, connection) = bench.Connect();
        bench.Time.Advance(TimeSpan.FromDays(1000));
        Assert.False(connection.IsIdle());
    }
}
