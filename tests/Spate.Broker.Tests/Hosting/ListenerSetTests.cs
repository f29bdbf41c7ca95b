using System.Net;
using System.Net.Sockets;
using Spate.Broker.Configuration;
using Spate.Broker.Hosting;
using Spate.Broker.Tests.Network;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Hosting;

/// <summary>Where a broker listens, what it tells clients, and whom it lets in, by its settings.</summary>
public sealed class ListenerSetTests
{
    private static readonly ListenerAddress Everywhere = new("PLAINTEXT", "", 9092);

    [Theory]
    [InlineData("PLAINTEXT://127.0.0.1:0", "127.0.0.1")]
    [InlineData("PLAINTEXT://localhost:0", "localhost")]
    [InlineData("PLAINTEXT://LOCALHOST:0", "LOCALHOST")]
    public async Task Clients_of_a_listener_are_told_its_host_and_the_port_that_was_taken(string listener, string host)
    {
        await using var broker = await TestBroker.StartAsync($"listeners={listener}");

        var reply = await broker.AskAsync(new MetadataRequest(), 12);

        Assert.Equal((host, broker.EndPoint.Port), (reply.Brokers[0].Host, reply.Brokers[0].Port));
        Assert.Contains(broker.Log.Lines, line => line.Text.Contains($"are told to connect to {host}:{broker.EndPoint.Port}", StringComparison.Ordinal));
        Assert.Empty(broker.Log.Complaints);
    }

    [Fact]
    public async Task Clients_of_each_listener_are_told_its_own_address()
    {
        await using var broker = await TestBroker.StartAsync(
            "listeners=IN://127.0.0.1:0,OUT://127.0.0.1:0",
            "advertised.listeners=IN://127.0.0.2:1,OUT://127.0.0.3:2",
            "listener.security.protocol.map=IN:PLAINTEXT,OUT:PLAINTEXT");

        for (var index = 0; index < 2; index++)
        {
            using var client = await TestClient.ConnectAsync(broker.EndPoints[index]);
            var (host, port) = index == 0 ? ("127.0.0.2", 1) : ("127.0.0.3", 2);
            var node = (await client.AskAsync(new MetadataRequest(), 12)).Brokers[0];
            Assert.Equal((host, port), (node.Host, node.Port));
            var described = (await client.AskAsync(new DescribeClusterRequest(), 0)).Brokers[0];
            Assert.Equal((host, port), (described.Host, described.Port));
            await broker.CreateTopicAsync($"t{index}");
            var coordinator = await client.AskAsync(new FindCoordinatorRequest { Key = "g" }, 0);
            Assert.Equal((host, port), (coordinator.Host, coordinator.Port));
        }
    }

    [Fact]
    public async Task A_listener_without_a_host_is_reached_on_every_interface_by_both_versions_of_ip()
    {
        await using var broker = await TestBroker.StartAsync("listeners=PLAINTEXT://:0", "advertised.listeners=PLAINTEXT://127.0.0.1:0");

        using var client = await TestClient.ConnectAsync(new IPEndPoint(IPAddress.Loopback, broker.EndPoint.Port));
        Assert.Equal(broker.EndPoint.Port, (await client.AskAsync(new MetadataRequest(), 12)).Brokers[0].Port);
        if (broker.EndPoint.AddressFamily == AddressFamily.InterNetworkV6)
        {
            using var other = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            await other.ConnectAsync(new IPEndPoint(IPAddress.IPv6Loopback, broker.EndPoint.Port)).OrTimeout("a connection");
        }
    }

    [Fact]
    public async Task A_loopback_address_told_to_clients_from_everywhere_is_warned_of()
    {
        await using var broker = await TestBroker.StartAsync("listeners=PLAINTEXT://0.0.0.0:0", "advertised.listeners=PLAINTEXT://127.0.0.1:0");
        await WhenSaidAsync(broker.Log, "127.0.0.1, which is this machine alone");
    }

    [Fact]
    public async Task An_address_that_cannot_be_looked_up_is_warned_of()
    {
        var log = new TestLog();
        await AdvertisedAddresses.TellAsync(
            Everywhere, new ListenerAddress("PLAINTEXT", "no-such-host.invalid", 9092), TimeProvider.System, log.CreateLogger(""), default).OrTimeout("the look-up");
        Assert.Contains("no-such-host.invalid, which this machine cannot look up", Assert.Single(log.Complaints), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", null, "", 7)]
    [InlineData("0.0.0.0", null, "", 7)]
    [InlineData("::", null, "", 7)]
    [InlineData("10.0.0.1", null, "10.0.0.1", 7)]
    [InlineData("", "PLAINTEXT://far:9", "far", 9)]
    [InlineData("", "PLAINTEXT://far:0", "far", 7)]
    [InlineData("10.0.0.1", "OTHER://far:9", "10.0.0.1", 7)]
    public void Of_AListener_IsWhatIsAdvertisedElseItselfElseTheMachine(string host, string? advertised, string told, int port)
    {
        List<ListenerAddress> given = advertised is not null && ListenerAddress.TryParse(advertised, out var address) ? [address] : [];
        var answer = AdvertisedAddresses.Of(new ListenerAddress("PLAINTEXT", host, 0), 7, given);
        Assert.Equal((told.Length == 0 ? Dns.GetHostName() : told, port), (answer.Host, answer.Port));
    }

    [Theory]
    [InlineData("listeners=PLAINTEXT://no-such-host.invalid:0", "no-such-host.invalid")]
    [InlineData("max.connections.per.ip.overrides=no-such-host.invalid:1", "max.connections.per.ip.overrides")]
    [InlineData("listeners=PLAINTEXT://192.0.2.1:0", "192.0.2.1")]
    public async Task A_host_that_is_not_to_be_had_is_refused_with_its_name(string assignment, string named)
    {
        var refusal = await Assert.ThrowsAsync<BrokerStartException>(async () => await TestBroker.StartAsync(assignment));
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_bound_the_connections_of_an_address()
    {
        await using var broker = await TestBroker.StartAsync("max.connections.per.ip=100", "max.connections.per.ip.overrides=localhost:1");
        using var first = await TestClient.ConnectAsync(broker.EndPoint);
        await first.AskAsync(new ApiVersionsRequest(), 0);
        using var second = await TestClient.ConnectAsync(broker.EndPoint);
        Assert.Null(await second.ReceiveFrameAsync());
        Assert.Contains("max.connections.per.ip", Assert.Single(broker.Log.Complaints), StringComparison.Ordinal);
        await first.AskAsync(new ApiVersionsRequest(), 0);
    }

    [Fact]
    public async Task The_settings_bound_the_connections_of_a_listener()
    {
        await using var broker = await TestBroker.StartAsync("listener.name.plaintext.max.connections=1");
        var first = await TestClient.ConnectAsync(broker.EndPoint);
        await first.AskAsync(new ApiVersionsRequest(), 0);
        using var second = await TestClient.ConnectAsync(broker.EndPoint);
        await WhenSaidAsync(broker.Log, "listener.name.plaintext.max.connections is reached");
        first.Dispose();
        await second.AskAsync(new ApiVersionsRequest(), 0);
    }

    private static async Task WhenSaidAsync(TestLog log, string text)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!log.Complaints.Exists(line => line.Contains(text, StringComparison.Ordinal)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(60), $"Nobody said '{text}', but: {string.Join('\n', log.Complaints)}");
            await Task.Yield();
        }
    }
}
