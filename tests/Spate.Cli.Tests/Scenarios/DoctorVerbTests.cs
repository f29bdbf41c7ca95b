using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Spate.Cli.Tests.Harness;
using Spate.Testing;

namespace Spate.Cli.Tests.Scenarios;

public sealed class DoctorVerbTests
{
    private const int Unhealthy = 5;

    [Fact]
    public async Task A_cluster_that_is_well_has_no_errors()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        var readable = (await SpateInProcess.RunAsync("doctor", "--server", broker.BootstrapServers, "--output", "table")).Succeeded();
        Assert.Contains("Looked at 1 advertised addresses, partitions and log directories, versions of brokers", readable.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("ERROR", readable.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_advertised_address_that_nobody_answers_at_is_an_error()
    {
        using var reserved = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        reserved.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)reserved.LocalEndPoint!).Port;
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { AdvertisedAddress = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}") });
        await AssertErrorAsync(broker, $"127.0.0.1 port {port} cannot be connected to");
    }

    [Fact]
    public async Task An_advertised_name_that_cannot_be_resolved_is_an_error()
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { AdvertisedAddress = "no-such-host.invalid:9092" });
        await AssertErrorAsync(broker, "the name no-such-host.invalid cannot be resolved here");
    }

    [Fact]
    public async Task Another_broker_behind_an_advertised_address_is_an_error()
    {
        await using var other = await EmbeddedBroker.StartAsync("node.id=7");
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { AdvertisedAddress = other.BootstrapServers });
        await AssertErrorAsync(broker, $"behind {other.BootstrapServers} is ");
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_an_error_and_a_record_from_the_future_a_warning()
    {
        await using var broker = await EmbeddedBroker.StartAsync();
        (await SpateInProcess.RunAsync("topics", "create", "sick", "--partitions", "2", "--set", $"message.timestamp.after.max.ms={long.MaxValue}", "--server", broker.BootstrapServers)).Succeeded();
        (await SpateInProcess.RunAsync("produce", "sick", "--template", "x", "--partition", "0", "--time", "2199-01-01", "--server", broker.BootstrapServers)).Succeeded();
        await broker.DeposeLeaderAsync("sick", 1);
        var lines = await AssertErrorAsync(broker, "no leader");
        Assert.Contains(lines, static line => line.StartsWith("warning\tclock\tsick-0 has a record of 2199-01-01T00:00:00.000Z", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(30, "the clock of broker 1 is", "s ahead of this machine's")]
    [InlineData(-3600, "the clock of broker 1 is", "s behind this machine's")]
    [InlineData(0)]
    public async Task A_broker_whose_clock_is_wrong_is_found_and_nothing_of_the_measuring_stays(int skewSeconds, params string[] expected)
    {
        await using var broker = await EmbeddedBroker.StartAsync(new EmbeddedBrokerOptions { TimeProvider = new SkewedClock(TimeSpan.FromSeconds(skewSeconds)) });
        (await SpateInProcess.RunAsync("topics", "create", "t", "--server", broker.BootstrapServers)).Succeeded();
        (await SpateInProcess.RunAsync("groups", "reset-offsets", "g", "--topic", "t", "--to", "end", "--execute", "--server", broker.BootstrapServers)).Succeeded();
        var lines = (await SpateInProcess.RunAsync("doctor", "--clocks", "--server", broker.BootstrapServers)).Lines;
        Assert.Contains("whether this machine's clock is kept", (await SpateInProcess.RunAsync("doctor", "--clocks", "--server", broker.BootstrapServers, "--output", "table")).Output, StringComparison.Ordinal);
        var measured = lines.Where(static line => line.StartsWith("warning\tclock\tthe clock of broker", StringComparison.Ordinal)).ToList();
        Assert.Equal(expected.Length > 0 ? 1 : 0, measured.Count);
        Assert.All(expected, part => Assert.Contains(part, measured[0], StringComparison.Ordinal));
        Assert.Equal(skewSeconds > 0, lines.Any(static line => line.Contains("The clock of broker 1, which has written it", StringComparison.Ordinal)));
        Assert.Equal(["g\tclassic\tempty\t-"], (await SpateInProcess.RunAsync("groups", "list", "--server", broker.BootstrapServers)).Succeeded().Lines);
    }

    private sealed class SkewedClock(TimeSpan skew) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + skew;
    }

    private static async Task<IReadOnlyList<string>> AssertErrorAsync(EmbeddedBroker broker, string seen)
    {
        var ended = await SpateInProcess.RunAsync("doctor", "--server", broker.BootstrapServers, "--timeout", "3s");
        Assert.True(ended.ExitCode == Unhealthy, ended.ToString());
        Assert.Contains(ended.Lines, line => line.StartsWith("error\t", StringComparison.Ordinal) && line.Contains(seen, StringComparison.Ordinal));
        return ended.Lines;
    }
}
