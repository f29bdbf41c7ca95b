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
    [InlineData("listeners=PLAINTEXT://some host:9092", "neither an address nor a host name")]
    [InlineData("listeners=PLAINTEXT:9092", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://:99999", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://[::1:9092", "NAME://host:port")]
    [InlineData("listeners=PLAINTEXT://:1,PLAINTEXT://:2", "repeats")]
    [InlineData("advertised.listeners=OTHER://host:1", "no listener of the name OTHER")]
    [InlineData("advertised.listeners=PLAINTEXT://:1", "must name a host")]
    [InlineData("advertised.listeners=PLAINTEXT://0.0.0.0:1", "must name a host")]
    [InlineData("advertised.listeners=PLAINTEXT://[::]:1", "must name a host")]
    [InlineData("advertised.listeners=PLAINTEXT://[0:0::0]:1", "must name a host")]
    [InlineData("max.connections.per.ip=0", "nobody connect")]
    [InlineData("log.dirs= , ", "names no directory")]
    [InlineData("group.min.session.timeout.ms=1800001", "no member could join")]
    [InlineData("listeners=INTERNAL://:1", "add INTERNAL:PLAINTEXT there")]
    [InlineData("listeners=CONTROLLER://:1|controller.listener.names=CONTROLLER", "names only listeners of controllers")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:PLAIN", "a protocol that there is not")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,plaintext:SSL", "repeats the name PLAINTEXT")]
    [InlineData("listener.security.protocol.map=PLAINTEXT", "NAME:PROTOCOL")]
    [InlineData("listener.security.protocol.map=PLAINTEXT:SASL_SSL", "security comes with a later one")]
    [InlineData("inter.broker.listener.name=INTERNAL", "none of the names in listeners")]
    [InlineData("broker.id=7|node.id=8", "must not differ")]
    [InlineData("process.roles=broker", "set broker,controller")]
    [InlineData("process.roles=controller", "set broker,controller")]
    [InlineData("controller.quorum.voters=1@a:1,2@b:1", "2@b:1 names another node")]
    [InlineData("controller.quorum.voters=a:1", "id@host:port")]
    [InlineData("controller.quorum.bootstrap.servers=a:1,b:1", "names 2 nodes")]
    [InlineData("metadata.log.dir=/elsewhere", "must be one of log.dirs")]
    [InlineData("group.consumer.session.timeout.ms=1000", "group.consumer.min.session.timeout.ms")]
    [InlineData("group.share.heartbeat.interval.ms=60000", "group.share.max.heartbeat.interval.ms")]
    public void TryCreate_SettingsThatDoNotGoTogether_SayWhy(string assignment, string why)
    {
        Assert.Null(Create(out var faults, assignment.Split('|')));
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
    [InlineData("listeners=PLAINTEXT:9092", "listeners=PLAINTEXT:9092 is not of the form NAME://host:port.")]
    [InlineData("advertised.listeners=PLAINTEXT:9092", "advertised.listeners=PLAINTEXT:9092 is not of the form NAME://host:port.")]
    public void TryCreate_AddressThatCannotBeRead_IsNotSaidToBeMissingToo(string assignment, string fault)
    {
        string[] fitting = ["advertised.listeners=PLAINTEXT://host:9092", "inter.broker.listener.name=PLAINTEXT", assignment];
        Assert.Null(Create(out var faults, fitting));
        Assert.Equal([fault], faults);
    }

    [Theory]
    [InlineData("a", 1, "a", 1, false)]
    [InlineData("127.0.0.1", 1, "127.0.0.2", 1, false)]
    [InlineData("", 1, "127.0.0.1", 1, false)]
    [InlineData("::1", 1, "::2", 1, false)]
    [InlineData("127.0.0.1", 1, "::1", 1, true)]
    [InlineData("127.0.0.1", 1, "127.0.0.1", 2, true)]
    [InlineData("127.0.0.1", 0, "127.0.0.1", 0, true)]
    public void Check_TwoListeners_ShareAPortOnlyWithBothVersionsOfIp(string host, int port, string otherHost, int otherPort, bool goes)
    {
        var faults = new List<string>();
        ListenerHosts.Check([new ListenerAddress("A", host, port), new ListenerAddress("B", otherHost, otherPort)], [], faults);
        Assert.Equal(goes ? 0 : 1, faults.Count);
        Assert.All(faults, fault => Assert.Contains("same port", fault, StringComparison.Ordinal));
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

    [Theory]
    [InlineData("log.dir=/a", "/a")]
    [InlineData("log.dir=/a|log.dirs=/b,/c", "/b,/c")]
    [InlineData("log.dirs=/b,/c,/b/", "/b,/c")]
    public void TryCreate_OlderNameOfDirectories_IsUsedWhereTheNewerOneIsNotGiven(string assignments, string expected)
    {
        var settings = Create(out var faults, assignments.Split('|'));

        Assert.Empty(faults);
        Assert.Equal(expected.Split(',').Select(Path.GetFullPath), settings!.LogDirs);
    }

    [Theory]
    [InlineData("broker.id=7", 7)]
    [InlineData("broker.id=-1", 1)]
    [InlineData("broker.id=7|node.id=7", 7)]
    public void TryCreate_OlderNameOfTheId_IsUsedWhereTheNewerOneIsNotGiven(string assignments, int expected)
    {
        var settings = Create(out var faults, assignments.Split('|'));

        Assert.Empty(faults);
        Assert.Equal((expected, expected), (settings!.NodeId, settings.Values.Get(BrokerKeys.NodeId)));
    }

    [Fact]
    public void TryCreate_ListenersOfControllers_AreNotOpenedAndNotTold()
    {
        var settings = Create(
            out var faults,
            "listeners=CLIENTS://:9092,CONTROLLER://:9093",
            "advertised.listeners=CLIENTS://a:9092,CONTROLLER://a:9093",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=CLIENTS",
            "listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT");

        Assert.Empty(faults);
        Assert.Equal(["CLIENTS"], settings!.Listeners.Select(address => address.Name));
        Assert.Equal([new ListenerAddress("CLIENTS", "a", 9092)], settings.AdvertisedListeners);
        Assert.Contains("CONTROLLER://:9093", Assert.Single(settings.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_KafkasOwnFileForOneNode_StartsWithoutAFault()
    {
        var reader = new ConfigReader(BrokerKeys.All);
        reader.AddProperties(
            """
            process.roles=broker,controller
            node.id=1
            controller.quorum.bootstrap.servers=localhost:9093
            controller.quorum.voters=1@localhost:9093
            listeners=PLAINTEXT://:9092,CONTROLLER://:9093
            inter.broker.listener.name=PLAINTEXT
            advertised.listeners=PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093
            controller.listener.names=CONTROLLER
            listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL
            num.network.threads=3
            num.io.threads=8
            socket.send.buffer.bytes=102400
            socket.receive.buffer.bytes=102400
            socket.request.max.bytes=104857600
            log.dirs=/tmp/kraft-combined-logs
            num.partitions=1
            num.recovery.threads.per.data.dir=1
            offsets.topic.replication.factor=1
            share.coordinator.state.topic.replication.factor=1
            share.coordinator.state.topic.min.isr=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            log.retention.hours=168
            log.segment.bytes=1073741824
            log.retention.check.interval.ms=300000
            """,
            "server.properties");
        var faults = new List<string>();

        Assert.Empty(reader.Faults);
        Assert.NotNull(BrokerSettings.TryCreate(reader.Build(), faults));
        Assert.Empty(faults);
        Assert.All(reader.Warnings, warning => Assert.Contains(" has no effect: ", warning, StringComparison.Ordinal));
    }

    [Fact]
    public void Overlay_WhatIsSetOnThisBroker_WinsOverAllBrokersAndOverTheStart()
    {
        var settings = Create(out _, "message.max.bytes=1000", "log.cleaner.threads=2")!;
        var changes = new List<ConfigChange>();
        settings.OnChange(changes.Add);

        Assert.Empty(settings.Overlay(new Dictionary<string, string> { ["message.max.bytes"] = "2000", ["log.cleaner.backoff.ms"] = "5" }, new Dictionary<string, string>()));
        Assert.Equal((2000, 2, 5), (Int("message.max.bytes"), settings.Values.Get(BrokerKeys.LogCleanerThreads), settings.Values.Get(BrokerKeys.LogCleanerBackoffMs)));
        settings.Overlay(new Dictionary<string, string> { ["message.max.bytes"] = "2000" }, new Dictionary<string, string> { ["message.max.bytes"] = "3000" });
        Assert.Equal((3000, 15000), (Int("message.max.bytes"), settings.Values.Get(BrokerKeys.LogCleanerBackoffMs)));
        settings.Overlay(new Dictionary<string, string>(), new Dictionary<string, string>());
        Assert.Equal(1000, Int("message.max.bytes"));
        settings.Overlay(new Dictionary<string, string>(), new Dictionary<string, string>());

        Assert.Equal([["log.cleaner.backoff.ms", "message.max.bytes"], ["log.cleaner.backoff.ms", "message.max.bytes"], ["message.max.bytes"]],
            changes.Select(change => change.Names.Order().ToArray()));

        int Int(string name) => (int)BrokerKeys.Find(name)!.ValueOf(settings.Values.Given[name])!;
    }

    [Fact]
    public void Overlay_WhatCannotBeFollowed_IsToldAndPassedOver()
    {
        var settings = Create(out _)!;

        var ignored = settings.Overlay(
            new Dictionary<string, string> { ["colour"] = "blue", ["log.cleaner.threads"] = "many", ["node.id"] = "7", ["message.max.bytes"] = "5" },
            new Dictionary<string, string>());

        Assert.Equal(3, ignored.Count);
        Assert.Equal(["message.max.bytes"], settings.Values.Given.Keys);
        Assert.Equal(1, settings.NodeId);
        Assert.Contains("no listener of the name X", Assert.Single(settings.Overlay(new Dictionary<string, string>(), new Dictionary<string, string> { ["advertised.listeners"] = "X://a:1" })), StringComparison.Ordinal);
        Assert.Equal(["message.max.bytes"], settings.Values.Given.Keys);
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
