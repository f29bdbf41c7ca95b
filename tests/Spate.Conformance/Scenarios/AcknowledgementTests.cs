using Spate.Conformance.Clients;
using Spate.Conformance.Load;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>What a producer is told, and what it may ask for.</summary>
public sealed class AcknowledgementTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private BrokerProcess Broker => shared.Broker;

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("all")]
    public async Task Whatever_acknowledgement_is_asked_for_all_records_arrive_in_their_order(string acks)
    {
        var lines = SeededText.Lines(seed: 11, bytes: 100_000);
        var topic = $"acks-{acks}";
        // A topic that is there: without acknowledgement nobody would tell the client that it was too early.
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync(topic, 1));
        }

        await Kcat.WriteLinesAsync(Broker, topic, lines, "-X", $"acks={acks}");

        // Reads a known number instead of to the end, which records without acknowledgement may reach later than the reader.
        var read = await Kcat.RunAsync(Broker, default, "-C", "-q", "-c", $"{lines.Count}", "-t", topic, "-f", "%s\\n");
        Assert.Equal(Kcat.Lines(lines), read.Succeeded().Output);
        Assert.Equal(lines.Count, (await Kcat.ReadAsync(Broker, topic)).Count);
    }

    [Fact]
    public async Task Acknowledgements_that_there_are_not_are_refused()
    {
        using var client = await WireClient.ConnectAsync(Broker);
        Assert.Equal(WireError.None, await client.CreateTopicAsync("acks-odd", 1));

        Assert.Equal(WireError.InvalidRequiredAcks, (await client.ProduceAsync("acks-odd", 0, Batches.Of("two"), acks: 2)).Error);
        Assert.Equal((WireError.None, 0L), await client.ProduceAsync("acks-odd", 0, Batches.Of("one"), acks: 1));
    }

    [Fact]
    public async Task A_producer_that_wants_idempotence_gets_it()
    {
        var lines = SeededText.Lines(seed: 12, bytes: 20_000);

        var written = await Kcat.RunAsync(Broker, Kcat.Lines(lines), "-P", "-t", "idempotent", "-X", "enable.idempotence=true", "-X", "message.timeout.ms=10000");

        written.Succeeded();
        Assert.Equal(lines, await Kcat.ReadLinesAsync(Broker, "idempotent"));
    }
}
