namespace Spate.Conformance.Wire;

/// <summary>The few requests that the tests send by hand, each in one version that every Kafka of the last years knows.</summary>
internal static class Requests
{
    public const short ProduceVersion = 7;

    private const int TimeoutMs = 30_000;

    public static WireWriter Produce(string topic, int partition, short acks, ReadOnlySpan<byte> records) => new WireWriter()
        .Text(null)
        .Int16(acks)
        .Int32(TimeoutMs)
        .Int32(1)
        .Text(topic)
        .Int32(1)
        .Int32(partition)
        .Blob(records);

    /// <summary>Reads the reply to <see cref="Produce"/>, which is about one partition.</summary>
    public static (short Error, long BaseOffset) Produced(WireReader reply)
    {
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        var error = reply.Int16();
        return (error, reply.Int64());
    }

    /// <summary>Appends records to a partition and gives the error and the first one's offset.</summary>
    public static async Task<(short Error, long BaseOffset)> ProduceAsync(this WireClient client, string topic, int partition, byte[] records, short acks = -1) =>
        Produced(await client.CallAsync(Api.Produce, ProduceVersion, Produce(topic, partition, acks, records)));

    /// <summary>Asks for records of one partition, in version 4.</summary>
    public static WireWriter Fetch(string topic, int partition, long offset, int bytesMax) => new WireWriter()
        .Int32(-1)
        .Int32(TimeoutMs)
        .Int32(1)
        .Int32(bytesMax)
        .Int8(0)
        .Int32(1)
        .Text(topic)
        .Int32(1)
        .Int32(partition)
        .Int64(offset)
        .Int32(bytesMax);

    /// <summary>Asks for the identity of an idempotent producer.</summary>
    public static async Task<(long Id, short Epoch)> InitProducerIdAsync(this WireClient client)
    {
        var reply = await client.CallAsync(Api.InitProducerId, 1, new WireWriter().Text(null).Int32(TimeoutMs));
        reply.Int32();
        Assert.Equal(WireError.None, reply.Int16());
        return (reply.Int64(), reply.Int16());
    }

    /// <summary>Makes a topic of one replica and gives the error.</summary>
    public static async Task<short> CreateTopicAsync(this WireClient client, string topic, int partitions, params (string Key, string Value)[] settings)
    {
        var body = new WireWriter().Int32(1).Text(topic).Int32(partitions).Int16(1).Int32(0).Int32(settings.Length);
        foreach (var (key, value) in settings)
        {
            body.Text(key).Text(value);
        }

        var reply = await client.CallAsync(Api.CreateTopics, 2, body.Int32(TimeoutMs).Int8(0));
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        Assert.Equal(topic, reply.Text());
        return reply.Int16();
    }

    /// <summary>Deletes a topic and gives the error.</summary>
    public static async Task<short> DeleteTopicAsync(this WireClient client, string topic)
    {
        var reply = await client.CallAsync(Api.DeleteTopics, 1, new WireWriter().Int32(1).Text(topic).Int32(TimeoutMs));
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        Assert.Equal(topic, reply.Text());
        return reply.Int16();
    }

    /// <summary>What the broker offers: the lowest and highest version by API.</summary>
    public static async Task<IReadOnlyDictionary<short, (short Lowest, short Highest)>> ApiVersionsAsync(this WireClient client)
    {
        var reply = await client.CallAsync(Api.ApiVersions, 0, new WireWriter());
        return ApiVersions(reply, WireError.None);
    }

    /// <summary>Reads a reply to ApiVersions in version 0.</summary>
    public static IReadOnlyDictionary<short, (short Lowest, short Highest)> ApiVersions(WireReader reply, short expectedError)
    {
        Assert.Equal(expectedError, reply.Int16());
        var offered = new Dictionary<short, (short Lowest, short Highest)>();
        for (var count = reply.Int32(); count > 0; count--)
        {
            offered.Add(reply.Int16(), (reply.Int16(), reply.Int16()));
        }

        Assert.Equal(0, reply.Remaining);
        return offered;
    }
}
