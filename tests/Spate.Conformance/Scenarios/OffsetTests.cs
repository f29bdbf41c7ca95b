using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;
using Spate.Protocol.Compression;

namespace Spate.Conformance.Scenarios;

/// <summary>Where a reader may begin. The topic has ten batches of ten records, a thousand milliseconds apart.</summary>
public sealed class OffsetTests(SharedBroker shared) : IClassFixture<SharedBroker>, IAsyncLifetime
{
    private const string Topic = "offsets";
    private const long FirstTimestamp = 1_700_000_000_000;

    private BrokerProcess Broker => shared.Broker;

    public async Task InitializeAsync()
    {
        using var client = await WireClient.ConnectAsync(Broker);
        var error = await client.CreateTopicAsync(Topic, 1);
        if (error == WireError.TopicAlreadyExists)
        {
            return; // A test before this one has filled it.
        }

        Assert.Equal(WireError.None, error);

        CompressionCodec[] codecs = [CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4, CompressionCodec.Zstd];
        for (var batch = 0; batch < 10; batch++)
        {
            var values = Enumerable.Range(batch * 10, 10).Select(number => $"{number}").ToArray();
            var records = Batches.Of(codecs[batch % codecs.Length], FirstTimestamp + (batch * 1000), values);
            Assert.Equal((WireError.None, batch * 10L), await client.ProduceAsync(Topic, 0, records));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("beginning", 0)]
    [InlineData("end", 100)]
    [InlineData("-5", 95)]
    [InlineData("-1000", 0)]
    [InlineData("7", 7)]
    [InlineData("30", 30)]
    [InlineData("99", 99)]
    [InlineData("s@1600000000000", 0)]
    [InlineData("s@1700000000000", 0)]
    [InlineData("s@1700000000001", 10)]
    [InlineData("s@1700000004000", 40)]
    [InlineData("s@1700000008999", 90)]
    public async Task Reading_begins_where_it_is_asked_to(string where, int first)
    {
        var values = await Kcat.ReadLinesAsync(Broker, Topic, "-p", "0", "-o", where);

        Assert.Equal(Enumerable.Range(first, 100 - first).Select(number => $"{number}"), values);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(FirstTimestamp, 0)]
    [InlineData(FirstTimestamp + 1, 10)]
    [InlineData(FirstTimestamp + 5000, 50)]
    [InlineData(FirstTimestamp + 9000, 90)]
    [InlineData(FirstTimestamp + 9001, -1)]
    [InlineData(-1, 100)]
    [InlineData(-2, 0)]
    public async Task A_time_is_answered_with_the_first_offset_that_is_not_before_it(long timestamp, long offset)
    {
        var asked = await Kcat.RunAsync(Broker, default, "-Q", "-t", $"{Topic}:0:{timestamp}");

        Assert.Equal($"{Topic} [0] offset {offset}", asked.Succeeded().Text.Trim());
    }

    [Fact]
    public async Task An_offset_that_there_is_not_is_answered_with_the_reset_that_the_client_chose()
    {
        Assert.Equal(100, (await Kcat.ReadAsync(Broker, Topic, "-p", "0", "-o", "5000", "-X", "topic.auto.offset.reset=earliest")).Count);
        var failed = await Kcat.RunAsync(Broker, default, "-C", "-e", "-t", Topic, "-p", "0", "-o", "5000", "-X", "topic.auto.offset.reset=error");
        Assert.NotEqual(0, failed.ExitCode);
        Assert.Contains("Offset out of range", failed.Errors, StringComparison.OrdinalIgnoreCase);
    }
}
