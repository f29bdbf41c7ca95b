using System.Buffers.Binary;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Messages;

namespace Spate.Broker.Tests.Requests;

/// <summary>A request that cannot be read closes its connection with one line that names the API, the version and the field.</summary>
public sealed class DecodingErrorTests
{
    public static TheoryData<string, string> Requests => new()
    {
        { "produce without topics", "ProduceRequest v7: TopicData" },
        { "produce with more partitions than bytes", "ProduceRequest v7: TopicData.PartitionData" },
        { "produce with records of a negative length", "ProduceRequest v7: TopicData.PartitionData.Records" },
        { "fetch cut short", "FetchRequest v12: RackId" },
        { "fetch with a topic whose name is not UTF-8", "FetchRequest v4: Topics.Topic" },
        { "fetch with bytes behind it", "FetchRequest v12" },
        { "metadata with a name that is null", "MetadataRequest v1: Topics.Name" },
    };

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task Request_that_cannot_be_read_is_named_by_its_field(string what, string named)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        var client = await broker.ConnectAsync();

        await client.SendRawAsync(Frame(what));

        Assert.Null(await client.ReceiveFrameAsync());
        var line = Assert.Single(broker.Log.Complaints);
        Assert.Contains(named, line, StringComparison.Ordinal);
        Assert.Empty(broker.Log.Errors);
    }

    private static byte[] Frame(string what)
    {
        switch (what)
        {
            case "produce without topics":
                return Written(ApiKey.Produce, 7, [0xFF, 0xFF, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
            case "produce with more partitions than bytes":
                return Written(ApiKey.Produce, 7, [0xFF, 0xFF, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 0x7F, 0xFF, 0xFF, 0xFF]);
            case "produce with records of a negative length":
                return Written(ApiKey.Produce, 7, [0xFF, 0xFF, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, (byte)'t', 0, 0, 0, 1, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE]);
            case "metadata with a name that is null":
                return Written(ApiKey.Metadata, 1, [0, 0, 0, 1, 0xFF, 0xFF]);
            case "fetch with a topic whose name is not UTF-8":
                var fetch = TestClient.Frame(Ask.Fetch("t", 0, 0), 4, 1);
                fetch[fetch.AsSpan().LastIndexOf((byte)'t')] = 0xFF;
                return fetch;
            case "fetch cut short":
                return Renumbered(TestClient.Frame(Ask.Fetch("t", 0, 0), 12, 1)[..^2]);
            default:
                return Renumbered([.. TestClient.Frame(Ask.Fetch("t", 0, 0), 12, 1), 0]);
        }
    }

    private static byte[] Renumbered(byte[] frame)
    {
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - sizeof(int));
        return frame;
    }

    private static byte[] Written(ApiKey key, byte version, byte[] body) =>
        Renumbered([0, 0, 0, 0, 0, (byte)key, 0, version, 0, 0, 0, 1, 0xFF, 0xFF, .. body]);
}
