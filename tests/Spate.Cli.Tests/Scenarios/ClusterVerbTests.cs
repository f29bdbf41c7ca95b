using Spate.Cli.Tests.Harness;

namespace Spate.Cli.Tests.Scenarios;

public sealed class ClusterVerbTests(RunningBroker running) : IClassFixture<RunningBroker>
{
    private const int Failure = 1;
    private const int Usage = 2;
    private const int Missing = 4;
    private const int Unhealthy = 5;

    [Fact]
    public async Task A_cluster_tells_of_itself()
    {
        var info = (await running.SpateAsync("cluster", "info", "-o", "json")).Succeeded().Json;
        Assert.Equal(1, info.GetProperty("cluster").GetProperty("brokers").GetInt32());
        Assert.Contains(info.GetProperty("features").EnumerateArray(), static feature => feature.GetProperty("feature").GetString() == "metadata.version" && feature.GetProperty("level").GetInt32() > 0);
        var broker = Assert.Single((await running.SpateAsync("cluster", "brokers", "-o", "json")).Succeeded().Json.EnumerateArray());
        Assert.Equal(("127.0.0.1", running.Broker.Port), (broker.GetProperty("host").GetString(), broker.GetProperty("port").GetInt32()));
        var directory = Assert.Single((await running.SpateAsync("cluster", "log-dirs", "-o", "json")).Succeeded().Json.EnumerateArray());
        Assert.True(directory.GetProperty("partitions").GetInt32() >= 0);
    }

    [Fact]
    public async Task A_broker_tells_the_versions_that_it_offers()
    {
        var lines = (await running.SpateAsync("cluster", "api-versions")).Succeeded().Lines;
        Assert.Contains(lines, static line => line.StartsWith("18\tApiVersions\t0\t", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("0\tProduce\t", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_partition_without_a_leader_is_a_finding_and_a_status()
    {
        (await running.SpateAsync("topics", "create", "sick", "--partitions", "2")).Succeeded();
        Assert.Empty((await running.SpateAsync("cluster", "health")).Succeeded().Output);
        await running.Broker.DeposeLeaderAsync("sick", 1);
        var ended = await running.SpateAsync("cluster", "health");
        await running.Broker.ElectLeaderAsync("sick", 1);
        Assert.True(ended.ExitCode == Unhealthy, ended.ToString());
        Assert.StartsWith("no leader\tsick-1\t", Assert.Single(ended.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_are_shown_with_where_they_come_from()
    {
        (await running.SpateAsync("topics", "create", "settings", "--set", "retention.ms=60000")).Succeeded();
        Assert.Equal(["retention.ms\t60000\ttopic\ttopic settings\tfalse"], (await running.SpateAsync("configs", "describe", "--topic", "settings")).Succeeded().Lines.Where(static line => line.Contains("\ttopic\t", StringComparison.Ordinal)));
        Assert.Contains((await running.SpateAsync("configs", "describe", "--topic", "settings", "--all", "--documentation")).Succeeded().Lines, static line => line.StartsWith("max.message.bytes\t", StringComparison.Ordinal) && line.Split('\t').Length == 6);
        Assert.Contains("topic\tsettings", (await running.SpateAsync("configs", "list")).Succeeded().Lines);
        (await running.SpateAsync("configs", "describe", "--topic", "setting")).Failed(Missing, "the nearest is 'settings'");
        (await running.SpateAsync("configs", "describe")).Failed(Usage, "--topic, --broker, --brokers");
        (await running.SpateAsync("configs", "describe", "--topic", "settings", "--brokers")).Failed(Usage, "by one of");
    }

    [Fact]
    public async Task Settings_of_brokers_are_changed_and_given_back()
    {
        (await running.SpateAsync("configs", "alter", "--brokers", "--set", "log.retention.ms=7654321")).Succeeded();
        Assert.Contains((await running.SpateAsync("configs", "describe", "--brokers")).Succeeded().Lines, static line => line.StartsWith("log.retention.ms\t7654321\t", StringComparison.Ordinal));
        (await running.SpateAsync("configs", "alter", "--brokers", "--reset", "log.retention.ms")).Succeeded();
        Assert.DoesNotContain((await running.SpateAsync("configs", "describe", "--brokers")).Succeeded().Lines, static line => line.StartsWith("log.retention.ms\t7654321\t", StringComparison.Ordinal));
        (await running.SpateAsync("configs", "alter", "--brokers", "--set", "log.retention.ms=soon")).Failed(Failure, "log.retention.ms");
    }
}
