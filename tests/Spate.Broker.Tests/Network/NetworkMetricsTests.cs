using System.Diagnostics.Metrics;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

public sealed class NetworkMetricsTests
{
    [Fact]
    public async Task The_instruments_publish_the_counters()
    {
        await using var bench = new NetworkBench();
        var (client, connection) = bench.Connect();
        client.Deliver(Frames.Of(1, 2));
        Assert.True(connection.Abort(CloseReason.Idle));
        await connection.Ended.OrTimeout("the end");

        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == bench.Metrics.Meter)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            measured[tags.IsEmpty ? instrument.Name : $"{instrument.Name}:{tags[0].Value}"] = value);
        listener.Start();
        listener.RecordObservableInstruments();

        Assert.Equal(0, measured["spate.network.connections.open"]);
        Assert.Equal(1, measured["spate.network.connections.accepted"]);
        Assert.Equal(1, measured["spate.network.connections.closed:Idle"]);
        Assert.Equal(0, measured["spate.network.connections.closed:Reset"]);
        Assert.Equal(1, measured["spate.network.requests"]);
        Assert.Equal(1, measured["spate.network.replies"]);
        Assert.Equal(6, measured["spate.network.bytes.in"]);
        Assert.Equal(6, measured["spate.network.bytes.out"]);
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
