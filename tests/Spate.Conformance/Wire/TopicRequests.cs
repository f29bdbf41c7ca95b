namespace Spate.Conformance.Wire;

/// <summary>Requests about what a topic is: its partitions, its configuration, where it begins.</summary>
internal static class TopicRequests
{
    private const int TimeoutMs = 30_000;
    private const sbyte TopicResource = 2;
    private const sbyte SetOperation = 0;

    /// <summary>Gives a topic so many partitions in all, and gives the error.</summary>
    public static async Task<short> CreatePartitionsAsync(this WireClient client, string topic, int total)
    {
        var reply = await client.CallAsync(Api.CreatePartitions, 1, new WireWriter().Int32(1).Text(topic).Int32(total).Int32(-1).Int32(TimeoutMs).Int8(0));
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        Assert.Equal(topic, reply.Text());
        return reply.Int16();
    }

    /// <summary>Deletes a partition's records before the offset, and gives the error and where the partition begins now.</summary>
    public static async Task<(short Error, long Start)> DeleteRecordsAsync(this WireClient client, string topic, int partition, long offset)
    {
        var reply = await client.CallAsync(
            Api.DeleteRecords, 1, new WireWriter().Int32(1).Text(topic).Int32(1).Int32(partition).Int64(offset).Int32(TimeoutMs));
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        var start = reply.Int64();
        return (reply.Int16(), start);
    }

    /// <summary>Sets one setting of a topic, and gives the error.</summary>
    public static async Task<short> SetTopicConfigAsync(this WireClient client, string topic, string key, string value)
    {
        var body = new WireWriter().Int32(1).Int8(TopicResource).Text(topic).Int32(1).Text(key).Int8(SetOperation).Text(value).Int8(0);
        var reply = await client.CallAsync(Api.IncrementalAlterConfigs, 0, body);
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        return reply.Int16();
    }

    /// <summary>The value of one setting of a topic.</summary>
    public static async Task<string?> TopicConfigAsync(this WireClient client, string topic, string key)
    {
        var body = new WireWriter().Int32(1).Int8(TopicResource).Text(topic).Int32(1).Text(key).Int8(0);
        var reply = await client.CallAsync(Api.DescribeConfigs, 1, body);
        reply.Int32();
        Assert.Equal(1, reply.Int32());
        Assert.Equal(WireError.None, reply.Int16());
        reply.Text();
        reply.Int8();
        Assert.Equal(topic, reply.Text());
        Assert.Equal(1, reply.Int32());
        Assert.Equal(key, reply.Text());
        return reply.Text();
    }

    /// <summary>The first offset of a partition (time -2) or the next one (time -1).</summary>
    public static async Task<long> OffsetAsync(this WireClient client, string topic, int partition, long time)
    {
        var body = new WireWriter().Int32(-1).Int32(1).Text(topic).Int32(1).Int32(partition).Int64(time);
        var reply = await client.CallAsync(Api.ListOffsets, 1, body);
        Assert.Equal(1, reply.Int32());
        reply.Text();
        Assert.Equal(1, reply.Int32());
        reply.Int32();
        Assert.Equal(WireError.None, reply.Int16());
        reply.Int64();
        return reply.Int64();
    }

    /// <summary>How many partitions each topic has that is there.</summary>
    public static async Task<IReadOnlyDictionary<string, int>> PartitionsByTopicAsync(this WireClient client)
    {
        var reply = await client.CallAsync(Api.Metadata, 1, new WireWriter().Int32(-1));
        for (var brokers = reply.Int32(); brokers > 0; brokers--)
        {
            reply.Int32();
            reply.Text();
            reply.Int32();
            reply.Text();
        }

        reply.Int32();
        var topics = new Dictionary<string, int>();
        for (var count = reply.Int32(); count > 0; count--)
        {
            Assert.Equal(WireError.None, reply.Int16());
            var name = reply.Text()!;
            reply.Int8();
            topics.Add(name, reply.Int32());
            for (var partition = 0; partition < topics[name]; partition++)
            {
                Assert.Equal(WireError.None, reply.Int16());
                reply.Int32();
                reply.Int32();
                for (var lists = 0; lists < 2; lists++)
                {
                    for (var replicas = reply.Int32(); replicas > 0; replicas--)
                    {
                        reply.Int32();
                    }
                }
            }
        }

        Assert.Equal(0, reply.Remaining);
        return topics;
    }
}
