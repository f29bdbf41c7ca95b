using System.Net;
using Spate.Broker.Network;

namespace Spate.Broker.Tests.Network;

/// <summary>Who is let in, who waits and who is turned away. The listeners' doors are in memory, the clock is the test's.</summary>
public sealed class ConnectionQuotasTests
{
    private static readonly IPAddress One = IPAddress.Parse("10.0.0.1");
    private static readonly IPAddress Two = IPAddress.Parse("10.0.0.2");

    [Fact]
    public async Task At_the_broker_s_bound_a_client_waits_until_another_ends()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 1 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        var first = Client(One);
        door.Enqueue(first);
        await bench.Dispatcher.ReachedAsync(1);
        door.Enqueue(Client(Two));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1 && bench.Log.Complaints.Count == 1, "the second client to wait, and the line about it");
        Assert.Single(bench.Dispatcher.Requests);
        Assert.Contains(bench.Log.Complaints, line => line.Contains("max.connections is reached", StringComparison.Ordinal));

        var served = bench.Dispatcher.ReachedAsync(2);
        first.End();
        await served;
        Assert.Equal((1, 0), (bench.Quotas.Total, bench.Quotas.Waiting));
    }

    [Fact]
    public async Task A_bound_that_is_raised_lets_in_who_waits()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 0 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        door.Enqueue(Client(One));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1, "the client to wait");
        bench.Bounds = ConnectionBounds.None;
        var served = bench.Dispatcher.ReachedAsync(1);
        await bench.AdvanceUntilAsync(ConnectionQuotas.LookAgainInterval, () => served.IsCompleted, "the client to be let in");
    }

    [Fact]
    public async Task Stopping_a_listener_turns_away_who_waits()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 0 } };
        var (door, listener) = bench.Open();
        var client = Client(One);
        door.Enqueue(client);
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1, "the client to wait");
        await listener.DisposeAsync();
        Assert.True(client.IsClosed);
        Assert.Equal(0, bench.Quotas.CountOf(One));
    }

    [Fact]
    public async Task The_bound_of_one_listener_does_not_keep_clients_from_another()
    {
        await using var bench = new NetworkBench();
        var (narrow, listener) = bench.Open(bench.Options with { Name = "NARROW", Bounds = () => new ListenerBounds(0, int.MaxValue) });
        await using var _ = listener;
        var (wide, other) = bench.Open();
        await using var __ = other;
        narrow.Enqueue(Client(One));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1, "the client to wait");
        wide.Enqueue(Client(One));
        await bench.Dispatcher.ReachedAsync(1);
        Assert.Equal(1, bench.Quotas.Total);

        // Who waits is counted first and told of then.
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Log.Complaints.Count == 1, "the line");
        Assert.Contains("listener.name.narrow.max.connections", bench.Log.Complaints[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_the_bound_of_its_address_a_client_is_closed_at_once_with_one_line_and_others_are_served()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsPerAddressMax = 1 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        door.Enqueue(Client(One));
        await bench.Dispatcher.ReachedAsync(1);
        var refused = Enumerable.Range(0, 3).Select(_ => Client(One.MapToIPv6())).ToList();
        refused.ForEach(door.Enqueue);
        door.Enqueue(Client(Two));
        await bench.Dispatcher.ReachedAsync(2);
        Assert.All(refused, client => Assert.True(client.IsClosed));
        Assert.All(refused, client => Assert.Empty(client.Sent));
        Assert.Equal((3, 2, 1), (bench.Quotas.Refused, bench.Quotas.Total, bench.Quotas.CountOf(One)));
        Assert.Contains("max.connections.per.ip", Assert.Single(bench.Log.Complaints), StringComparison.Ordinal);

        bench.Time.Advance(NetworkTelemetry.ComplaintInterval);
        door.Enqueue(Client(One));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Log.Complaints.Count == 2, "the second line");
        Assert.Contains("2 more were refused", bench.Log.Complaints[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_that_is_named_has_its_own_bound()
    {
        await using var bench = new NetworkBench
        {
            Bounds = ConnectionBounds.None with { ConnectionsPerAddressMax = 0, AddressOverrides = new Dictionary<IPAddress, int> { [One] = 2 } },
        };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        MemoryTransport[] clients = [Client(Two), Client(One), Client(One), Client(One)];
        Array.ForEach(clients, door.Enqueue);
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Refused == 2 && bench.Quotas.Total == 2, "two in and two out");
        Assert.True(clients[0].IsClosed);
        Assert.True(clients[3].IsClosed);
    }

    [Fact]
    public async Task Connections_that_come_too_fast_are_let_in_at_the_rate_after_a_second_s_worth()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { CreationsPerSecondMax = 4 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        for (var i = 0; i < 6; i++)
        {
            door.Enqueue(Client(One));
        }

        await bench.Dispatcher.ReachedAsync(4);
        var began = bench.Time.GetUtcNow();
        await bench.AdvanceUntilAsync(TimeSpan.FromMilliseconds(10), () => bench.Dispatcher.Requests.Count == 6, "the fifth and the sixth");
        Assert.True(bench.Time.GetUtcNow() - began >= TimeSpan.FromMilliseconds(500), $"Both were let in within {bench.Time.GetUtcNow() - began}.");
    }

    [Theory]
    [InlineData(4)]
    [InlineData(1)]
    [InlineData(1000)]
    public void CreationRate_OfMany_LetsInNoMoreThanItsRate(int perSecond)
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var rate = new CreationRate(time);
        Assert.Equal(TimeSpan.Zero, rate.Take(int.MaxValue));
        for (var i = 0; i < perSecond; i++)
        {
            Assert.Equal(TimeSpan.Zero, rate.Take(perSecond));
        }

        Assert.Equal(1.0 / perSecond, rate.Take(perSecond).TotalSeconds, 3);
        Assert.Equal(2.0 / perSecond, rate.Take(perSecond).TotalSeconds, 3);
        time.Advance(TimeSpan.FromDays(1));
        for (var i = 0; i < perSecond; i++)
        {
            Assert.Equal(TimeSpan.Zero, rate.Take(perSecond));
        }

        Assert.NotEqual(TimeSpan.Zero, rate.Take(perSecond));
    }

    [Fact]
    public async Task A_rate_of_0_lets_nobody_in_until_it_changes()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { CreationsPerSecondMax = 0 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        door.Enqueue(Client(One));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Total == 1, "the client");
        bench.Time.Advance(TimeSpan.FromHours(1));
        Assert.Empty(bench.Dispatcher.Requests);
        bench.Bounds = ConnectionBounds.None;

        // No further than that: it would be cut as idle before a thread has come to read what it says.
        await bench.AdvanceUntilAsync(ConnectionQuotas.LookAgainInterval, () => bench.Metrics.Open == 1, "the client to be let in");
        await bench.Dispatcher.ReachedAsync(1);
    }

    [Fact]
    public async Task A_broker_is_let_in_over_the_bound_and_the_longest_silent_client_makes_room()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 2, CreationsPerSecondMax = 1_000_000 } };
        var (door, listener) = bench.Open();
        await using var _ = listener;
        var (inner, brokers) = bench.Open(bench.Options with { Name = "INTERNAL", IsInterBroker = true });
        await using var __ = brokers;
        MemoryTransport[] clients = [Client(One), Client(One)];
        door.Enqueue(clients[0]);
        await bench.Dispatcher.ReachedAsync(1);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        door.Enqueue(clients[1]);
        await bench.Dispatcher.ReachedAsync(2);
        bench.Time.Advance(TimeSpan.FromSeconds(1));

        // The first client speaks again, so the second one is the longest silent.
        clients[0].Deliver(Frames.Of(1));
        await bench.Dispatcher.ReachedAsync(3);
        inner.Enqueue(Client(Two));
        await bench.Dispatcher.ReachedAsync(4);
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Total == 2, "the eviction");
        Assert.False(clients[0].IsClosed);
        Assert.True(clients[1].IsClosed);
        Assert.Equal(1, bench.Metrics.Closed(CloseReason.Evicted));
    }

    [Fact]
    public async Task Where_brokers_and_clients_share_a_listener_nobody_is_evicted()
    {
        await using var bench = new NetworkBench { Bounds = ConnectionBounds.None with { ConnectionsMax = 1 } };
        var (door, listener) = bench.Open(bench.Options with { IsInterBroker = true });
        await using var _ = listener;
        door.Enqueue(Client(One));
        await bench.Dispatcher.ReachedAsync(1);
        door.Enqueue(Client(Two));
        await bench.AdvanceUntilAsync(TimeSpan.Zero, () => bench.Quotas.Waiting == 1, "the second client to wait");
        Assert.Equal(0, bench.Metrics.Closed(CloseReason.Evicted));
    }

    /// <summary>A client that has one request to ask.</summary>
    private static MemoryTransport Client(IPAddress address)
    {
        var client = new MemoryTransport { ClientEndPoint = new IPEndPoint(address, 1) };
        client.Deliver(Frames.Of(1));
        return client;
    }
}
