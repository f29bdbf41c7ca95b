using Spate.Broker.Network;
using Spate.Broker.Telemetry;
using Spate.Broker.Tests.Telemetry;

namespace Spate.Broker.Tests.Network;

public sealed class NetworkMetricsTests
{
    [Fact]
    public void The_figures_of_a_listener_are_published()
    {
        using var figures = new BrokerMetrics(1, "0", TimeProvider.System);
        var listener = figures.Listeners.Of("TEST");
        listener.ConnectionAccepted();
        listener.BytesReceived(6);
        listener.RequestReceived();
        listener.BytesSent(7);
        listener.ReplySent();
        listener.ConnectionClosed(CloseReason.Idle);
        using var readings = new Readings(figures.Meter);

        Assert.Equal(0, readings["spate.network.connections.open", "TEST"]);
        Assert.Equal(1, readings["spate.network.connections.accepted", "TEST"]);
        Assert.Equal(1, readings["spate.network.connections.ended", "TEST"]);
        Assert.Equal(1, readings["spate.network.connections.closed", "TEST", "Idle"]);
        Assert.Equal(0, readings["spate.network.connections.closed", "TEST", "Reset"]);
        Assert.Equal(1, readings["spate.network.requests", "TEST"]);
        Assert.Equal(1, readings["spate.network.replies", "TEST"]);
        Assert.Equal(6, readings["spate.network.bytes.in", "TEST"]);
        Assert.Equal(7, readings["spate.network.bytes.out", "TEST"]);
    }

    [Fact]
    public async Task A_connection_is_counted_with_all_that_goes_over_it()
    {
        await using var bench = new NetworkBench();
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1, 2));
        Assert.True(connection.Abort(CloseReason.Idle));
        await connection.Ended.OrTimeout("the end");

        Assert.Equal((0, 1, 1), (bench.Metrics.Open, bench.Metrics.Accepted, bench.Metrics.Closed(CloseReason.Idle)));
        Assert.Equal((1, 1, 6, 6), (bench.Metrics.Requests, bench.Metrics.Replies, bench.Metrics.BytesIn, bench.Metrics.BytesOut));
    }

    [Fact]
    public void ConnectionLimits_OutOfRange_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionLimits { RequestBytesMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionLimits { RequestsInFlightMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionLimits { ReplyBytesQueuedMax = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionLimits { IdleTimeout = TimeSpan.Zero });
    }

    [Theory]
    [InlineData(600, 30)]
    [InlineData(60, 6)]
    [InlineData(0.5, 1)]
    public void IdleSweepInterval_IsATenthOfTheTimeoutWithinBounds(double timeout, double interval) => Assert.Equal(
        TimeSpan.FromSeconds(interval), new ConnectionLimits { IdleTimeout = TimeSpan.FromSeconds(timeout) }.IdleSweepInterval);
}
