using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

public sealed class BrokerSettingsTests
{
    [Fact]
    public void TryCreate_Nothing_ListensOnThisMachineOnly()
    {
        var settings = Create(out var faults);

        Assert.Empty(faults);
        Assert.Equal([new ListenerAddress("PLAINTEXT", "127.0.0.1", 9092)], settings!.Listeners);
        Assert.Equal([Path.GetFullPath("data")], settings.LogDirs);
    }

    [Theory]
    [InlineData("listeners=", "nobody could connect")]
    [InlineData("listeners=SSL://:9092", "PLAINTEXT is the only one")]
    [InlineData("listeners=PLAINTEXT://some.host:9092", "advertised.listeners")]
    [InlineData("listeners=PLAINTEXT:9092", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://:99999", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://[::1:9092", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://:1,PLAINTEXT://:2", "repeats")]
    [InlineData("advertised.listeners=OTHER://host:1", "no listener of the name OTHER")]
    [InlineData("advertised.listeners=PLAINTEXT://:1", "must name a host")]
    [InlineData("advertised.listeners=PLAINTEXT://0.0.0.0:1", "must name a host")]
    [InlineData("log.dirs= , ", "names no directory")]
    [InlineData("group.min.session.timeout.ms=1800001", "no member could join")]
    public void TryCreate_SettingsThatDoNotGoTogether_SayWhy(string assignment, string why)
    {
        Assert.Null(Create(out var faults, assignment));
        Assert.Contains(faults, fault => fault.Contains(why, StringComparison.Ordinal));
        Assert.All(faults, fault => Assert.EndsWith(".", fault, StringComparison.Ordinal));
    }

    [Fact]
    public void TryCreate_SeveralFaults_AreToldAtOnce()
    {
        Assert.Null(Create(out var faults, "listeners=SSL://:1", "log.dirs=", "group.max.session.timeout.ms=1"));
        Assert.Equal(3, faults.Count);
    }

    [Theory]
    [InlineData("plaintext://[::1]:0", "PLAINTEXT", "::1", 0, "PLAINTEXT://[::1]:0")]
    [InlineData("PLAINTEXT://:9092", "PLAINTEXT", "", 9092, "PLAINTEXT://:9092")]
    [InlineData("PLAINTEXT://localhost:1", "PLAINTEXT", "localhost", 1, "PLAINTEXT://localhost:1")]
    public void TryParse_Address_IsReadAndWritten(string text, string name, string host, int port, string written)
    {
        Assert.True(ListenerAddress.TryParse(text, out var address));
        Assert.Equal((name, host, port, written), (address.Name, address.Host, address.Port, address.ToString()));
    }

    private static BrokerSettings? Create(out List<string> faults, params string[] assignments)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        foreach (var assignment in assignments)
        {
            reader.AddAssignment(assignment);
        }

        Assert.Empty(reader.Faults);
        faults = [];
        return BrokerSettings.TryCreate(reader.Build(), faults);
    }
}
