using System.Text.Json;
using Spate.Conformance.Clients;
using Spate.Conformance.Processes;
using Spate.Conformance.Wire;

namespace Spate.Conformance.Scenarios;

/// <summary>How topics come to be, and what metadata says of them.</summary>
public sealed class TopicTests(SharedBroker shared) : IClassFixture<SharedBroker>
{
    private BrokerProcess Broker => shared.Broker;

    [Fact]
    public async Task A_topic_is_created_by_writing_to_it_and_metadata_lists_it()
    {
        await Kcat.WriteLinesAsync(Broker, "by-writing", ["first", "second"]);

        var metadata = await MetadataAsync();
        Assert.Equal(Broker.Address, Assert.Single(metadata.GetProperty("brokers").EnumerateArray()).GetProperty("name").GetString());
        var topic = Assert.Single(metadata.GetProperty("topics").EnumerateArray(), topic => topic.GetProperty("topic").GetString() == "by-writing");
        var partition = Assert.Single(topic.GetProperty("partitions").EnumerateArray());
        Assert.Equal(0, partition.GetProperty("partition").GetInt32());
        Assert.Equal(1, partition.GetProperty("leader").GetInt32());
        Assert.Single(partition.GetProperty("replicas").EnumerateArray());
        Assert.Single(partition.GetProperty("isrs").EnumerateArray());
        Assert.Equal(["first", "second"], await Kcat.ReadLinesAsync(Broker, "by-writing"));
    }

    [Fact]
    public async Task A_topic_that_was_created_with_partitions_is_listed_with_all_of_them()
    {
        using (var client = await WireClient.ConnectAsync(Broker))
        {
            Assert.Equal(WireError.None, await client.CreateTopicAsync("by-request", 12));
        }

        var topic = Assert.Single((await MetadataAsync("-t", "by-request")).GetProperty("topics").EnumerateArray());
        Assert.Equal(
            Enumerable.Range(0, 12),
            topic.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetProperty("partition").GetInt32()).Order());
    }

    [Fact]
    public async Task Where_topics_are_not_created_on_their_own_writing_to_one_that_is_not_there_is_refused()
    {
        await using var broker = await BrokerProcess.StartAsync(("auto.create.topics.enable", "false"));

        var refused = await Kcat.RunAsync(broker, Kcat.Lines(["lost"]), "-P", "-t", "not-there", "-X", "topic.metadata.propagation.max.ms=0");

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("Unknown topic", refused.Errors, StringComparison.OrdinalIgnoreCase);
        var listed = await Kcat.RunAsync(broker, default, "-L", "-J");
        Assert.Empty(JsonDocument.Parse(listed.Succeeded().Text).RootElement.GetProperty("topics").EnumerateArray());
    }

    private async Task<JsonElement> MetadataAsync(params string[] options)
    {
        var listed = await Kcat.RunAsync(Broker, default, ["-L", "-J", .. options]);
        return JsonDocument.Parse(listed.Succeeded().Text).RootElement;
    }
}
