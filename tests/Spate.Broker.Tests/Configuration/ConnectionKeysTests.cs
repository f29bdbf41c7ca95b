using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;

namespace Spate.Broker.Tests.Configuration;

public sealed class ConnectionKeysTests
{
    [Theory]
    [InlineData("127.0.0.1:200", "127.0.0.1", 200)]
    [InlineData("hostName:100", "hostname", 100)]
    [InlineData("::1:5", "::1", 5)]
    [InlineData("[fe80::1]:0", "fe80::1", 0)]
    public void Parse_AnEntry_IsAHostAndACount(string entry, string host, int count) =>
        Assert.Equal(count, ConnectionKeys.MaxConnectionsPerIpOverrides.Parse(entry).Value[host]);

    [Fact]
    public void Get_OwnValueOfAListener_WinsOverTheBrokers()
    {
        var values = Read("max.connections=10", "listener.name.internal.max.connections=3");

        Assert.Equal(3, values.Get(ConnectionKeys.MaxConnections, "INTERNAL"));
        Assert.Equal(10, values.Get(ConnectionKeys.MaxConnections, "OTHER"));
        Assert.Equal(int.MaxValue, values.Get(ConnectionKeys.MaxConnectionCreationRate, "INTERNAL"));
    }

    [Theory]
    [InlineData("max.connections=-1")]
    [InlineData("max.connections.per.ip=-1")]
    [InlineData("max.connection.creation.rate=2147483648")]
    [InlineData("listener.name.internal.max.connections=-1")]
    [InlineData("listener.name.internal.max.connection.creation.rate=fast")]
    [InlineData("queued.max.requests=0")]
    [InlineData("max.connections.per.ip.overrides=host")]
    [InlineData("max.connections.per.ip.overrides=:1")]
    [InlineData("max.connections.per.ip.overrides=host:")]
    [InlineData("max.connections.per.ip.overrides=host:-1")]
    [InlineData("max.connections.per.ip.overrides=host:many")]
    [InlineData("max.connections.per.ip.overrides=host:99999999999")]
    [InlineData("max.connections.per.ip.overrides=no host:1")]
    [InlineData("max.connections.per.ip.overrides=host:1,HOST:2")]
    public void Values_out_of_range_are_refused(string assignment)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        reader.AddAssignment(assignment);
        Assert.Single(reader.Faults);
    }

    [Fact]
    public void Fault_NobodyMayConnectButThoseNamed_IsNone() =>
        Assert.Null(ConnectionKeys.Fault(Read("max.connections.per.ip=0", "max.connections.per.ip.overrides=127.0.0.1:1")));

    private static ConfigValues Read(params string[] assignments)
    {
        var reader = new ConfigReader(BrokerKeys.All);
        foreach (var assignment in assignments)
        {
            reader.AddAssignment(assignment);
        }

        Assert.Empty(reader.Faults);
        Assert.Empty(reader.Warnings);
        return reader.Build();
    }
}
