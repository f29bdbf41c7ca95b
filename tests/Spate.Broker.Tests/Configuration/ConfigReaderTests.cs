using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

public sealed class ConfigReaderTests
{
    private readonly ConfigReader _reader = new(BrokerKeys.All);

    [Fact]
    public void Faults_SeveralWrongSettings_AreAllTold()
    {
        _reader.AddProperties("num.partitions=0\nfetch.max.bytes=x\n=value\nnode.id=\\u00z1", "server.properties");
        _reader.AddEnvironment([new("KAFKA_GROUP_MAX_SIZE", "0")]);
        _reader.AddAssignment("auto.create.topics.enable=maybe");
        _reader.AddAssignment("=5");
        _reader.AddAssignment("five");

        Assert.Collection(
            _reader.Faults,
            fault => Assert.Contains("line 1: num.partitions=0 must be at least 1", fault, StringComparison.Ordinal),
            fault => Assert.Contains("line 2: fetch.max.bytes=x", fault, StringComparison.Ordinal),
            fault => Assert.Contains("line 3 has no name", fault, StringComparison.Ordinal),
            fault => Assert.Contains("line 4 has a \\u", fault, StringComparison.Ordinal),
            fault => Assert.Contains("KAFKA_GROUP_MAX_SIZE: group.max.size=0", fault, StringComparison.Ordinal),
            fault => Assert.Contains("auto.create.topics.enable=maybe must be true or false", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'=5'", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'five'", fault, StringComparison.Ordinal));
        Assert.All(_reader.Faults, fault => Assert.EndsWith(".", fault, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(_reader.Build);
    }

    [Theory]
    [InlineData("num.partition", "num.partitions")]
    [InlineData("nodeid", "node.id")]
    [InlineData("retention.ms", "log.retention.ms")]
    public void Warnings_UnknownName_NamesTheNearest(string name, string nearest)
    {
        _reader.AddAssignment($"{name}=1");

        Assert.Empty(_reader.Faults);
        Assert.Contains($"{name} is not a setting of this version and has no effect; the nearest one is {nearest}.", Assert.Single(_reader.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("colour=blue", "colour is not a setting of this version and has no effect.")]
    [InlineData("zookeeper.connect=a:1", "zookeeper.connect is gone since Kafka 4.0 and has no effect: this node keeps its own log of decisions")]
    [InlineData("zookeeper.ssl.protocol=x", "zookeeper.ssl.protocol is gone since Kafka 4.0")]
    [InlineData("inter.broker.protocol.version=3.9", "versions are agreed on with each client; remove the line")]
    [InlineData("log.message.timestamp.difference.max.ms=1", "log.message.timestamp.before.max.ms")]
    [InlineData("num.network.threads=64", "num.network.threads has no effect: Connections and requests are served asynchronously")]
    [InlineData("offsets.topic.replication.factor=2", "offsets.topic.replication.factor has no effect: The topic that keeps the state of groups has one replica")]
    [InlineData("ssl.keystore.password=x", "ssl.keystore.password has no effect: Security comes with a later version")]
    [InlineData("listener.name.internal.ssl.keystore.password=x", "listener.name.internal.ssl.keystore.password has no effect: Security comes")]
    public void Warnings_WhatHasNoEffect_SayWhy(string assignment, string warning)
    {
        _reader.AddAssignment(assignment);

        Assert.Empty(_reader.Faults);
        Assert.Contains(warning, Assert.Single(_reader.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("num.network.threads=3")]
    [InlineData("metric.reporters=")]
    [InlineData("broker.rack=a")]
    [InlineData("offsets.topic.replication.factor=1")]
    [InlineData("share.coordinator.state.topic.replication.factor=1")]
    [InlineData("share.coordinator.state.topic.min.isr=1")]
    [InlineData("transaction.state.log.replication.factor=1")]
    [InlineData("transaction.state.log.min.isr=1")]
    public void Warnings_WhatHasItsDefaultOrAnEffect_AreNone(string assignment)
    {
        _reader.AddAssignment(assignment);

        Assert.Empty(_reader.Faults.Concat(_reader.Warnings));
    }

    [Theory]
    [InlineData("num.network.threads=many", "=many is not a whole number.")]
    [InlineData("num.network.threads=", "is not a whole number.")]
    [InlineData("num.network.threads=1.5", "is not a whole number.")]
    [InlineData("log.segment.bytes=99999999999999999999", "must lie between ")]
    [InlineData("log.segment.bytes=99999999999999999999", " and 2147483647.")]
    [InlineData("log.segment.bytes=-99999999999999999999", " and 2147483647.")]
    [InlineData("ssl.allow.san.changes=perhaps", "must be true or false")]
    [InlineData("authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer", "every client may do everything")]
    [InlineData("security.inter.broker.protocol=SSL", "security comes with a later version")]
    [InlineData("compression.gzip.level=0", "-1 or lie between 1 and 9")]
    public void Faults_WrongOrHarmfulValue_IsRefused(string assignment, string fault)
    {
        _reader.AddAssignment(assignment);

        Assert.Contains(fault, Assert.Single(_reader.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void AddEnvironment_NamesOfTheContainerImages_AreSettingsAndOursWin()
    {
        _reader.AddProperties("num.partitions=2\nfetch.max.bytes=2000\nnode.id=2", "server.properties");
        _reader.AddEnvironment(
        [
            new("SPATE_NUM_PARTITIONS", "4"), new("KAFKA_NUM_PARTITIONS", "3"), new("KAFKA_FETCH_MAX_BYTES", "3000"), new("KAFKA_NODE_ID", " 3 "),
        ]);
        _reader.AddAssignment("node.id=5");

        var values = _reader.Build();
        Assert.Equal((4, 3000, 5), (values.Get(BrokerKeys.NumPartitions), values.Get(BrokerKeys.FetchMaxBytes), values.Get(BrokerKeys.NodeId)));
        Assert.Empty(_reader.Warnings);
    }

    [Theory]
    [InlineData("KAFKA_HEAP_OPTS")]
    [InlineData("KAFKA_JMX_PORT")]
    [InlineData("KAFKA_LOG4J_ROOT_LOGLEVEL")]
    [InlineData("KAFKA_OPTS")]
    [InlineData("KAFKA_PORT_9092_TCP_ADDR")]
    [InlineData("KAFKA_SERVICE_HOST")]
    [InlineData("KAFKA_PORT")]
    [InlineData("SPATE_SERVICE_PORT")]
    [InlineData("KAFKA_")]
    [InlineData("PATH")]
    public void AddEnvironment_WhatIsMeantForSomebodyElse_IsPassedOver(string variable)
    {
        _reader.AddEnvironment([new(variable, "tcp://10.0.0.1:9092")]);

        Assert.Empty(_reader.Faults.Concat(_reader.Warnings));
        Assert.Empty(_reader.Build().Given);
    }

    [Theory]
    [InlineData("KAFKA_NUM_PARTITION", "the nearest one is num.partitions")]
    [InlineData("KAFKA_ZOOKEEPER_CONNECT", "gone since Kafka 4.0")]
    public void AddEnvironment_WhatWasMeantToBeASetting_IsToldOf(string variable, string warning)
    {
        _reader.AddEnvironment([new(variable, "1")]);

        Assert.Contains(warning, Assert.Single(_reader.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("KAFKA_LOG_DIRS", "log.dirs")]
    [InlineData("KAFKA_LISTENER_NAME_INTERNAL_SSL_KEY__STORE", "listener.name.internal.ssl.key_store")]
    [InlineData("KAFKA_A___B__C_D", "a-b_c.d")]
    public void SettingOf_Underlines_StandForDotsUnderlinesAndDashes(string variable, string setting) =>
        Assert.Equal(setting, EnvironmentNames.SettingOf(variable, "KAFKA_"));

    [Fact]
    public void AddProperties_KeyGivenTwice_IsWarnedOfWithBothLines()
    {
        _reader.AddProperties("num.partitions=2\n\nnum.partitions=3", "server.properties");

        Assert.Equal("server.properties line 3: num.partitions is given on line 1 already, which has no effect.", Assert.Single(_reader.Warnings));
    }

    [Fact]
    public void Build_SettingGivenTwice_TheLaterWins()
    {
        _reader.AddProperties("num.partitions=2\nnum.partitions=3", "server.properties");
        Assert.Equal(3, _reader.Build().Get(BrokerKeys.NumPartitions));

        _reader.AddAssignment("num.partitions=4");
        Assert.Equal(4, _reader.Build().Get(BrokerKeys.NumPartitions));
    }

    [Fact]
    public void AddProperties_CommentsBlanksAndColons_AreReadAsKafkaReadsThem()
    {
        _reader.AddProperties("# one\r\n! two\r\n\r\n  num.partitions : 7  \r\nlog.dirs=/a=b,/c\r\n", "server.properties");

        Assert.Empty(_reader.Faults);
        var values = _reader.Build();
        Assert.Equal(7, values.Get(BrokerKeys.NumPartitions));
        Assert.Equal(["/a=b", "/c"], values.Get(BrokerKeys.LogDirs));
    }

    [Fact]
    public void Build_LaterReading_DoesNotChangeWhatWasBuilt()
    {
        _reader.AddAssignment("num.partitions=2");
        var values = _reader.Build();
        _reader.AddAssignment("num.partitions=3");

        Assert.Equal(2, values.Get(BrokerKeys.NumPartitions));
    }
}
