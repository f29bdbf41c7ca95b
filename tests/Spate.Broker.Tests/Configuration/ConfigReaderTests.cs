using Spate.Broker.Configuration;

namespace Spate.Broker.Tests.Configuration;

public sealed class ConfigReaderTests
{
    private readonly ConfigReader _reader = new(BrokerKeys.All);

    [Fact]
    public void Faults_SeveralWrongSettings_AreAllTold()
    {
        _reader.AddProperties("num.partitions=0\nfetch.max.bytes=x\nnot a setting\nnode.id=1", "server.properties");
        _reader.AddAssignment("auto.create.topics.enable=maybe");
        _reader.AddAssignment("=5");
        _reader.AddAssignment("five");

        Assert.Collection(
            _reader.Faults,
            fault => Assert.Contains("line 1: num.partitions=0 must be at least 1", fault, StringComparison.Ordinal),
            fault => Assert.Contains("line 2: fetch.max.bytes=x", fault, StringComparison.Ordinal),
            fault => Assert.Contains("line 3", fault, StringComparison.Ordinal),
            fault => Assert.Contains("auto.create.topics.enable=maybe must be true or false", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'=5'", fault, StringComparison.Ordinal),
            fault => Assert.Contains("'five'", fault, StringComparison.Ordinal));
        Assert.All(_reader.Faults, fault => Assert.EndsWith(".", fault, StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(_reader.Build);
    }

    [Theory]
    [InlineData("num.partition", "num.partitions")]
    [InlineData("nodeid", "node.id")]
    [InlineData("log.dir", "log.dirs")]
    [InlineData("retention.ms", "log.retention.ms")]
    public void Warnings_UnknownName_NamesTheNearest(string name, string nearest)
    {
        _reader.AddAssignment($"{name}=1");

        Assert.Empty(_reader.Faults);
        Assert.Contains($"{name} is not a setting of this version and has no effect; the nearest one is {nearest}.", Assert.Single(_reader.Warnings), StringComparison.Ordinal);
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
