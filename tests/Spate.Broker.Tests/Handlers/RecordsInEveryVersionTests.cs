using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Protocol.Records;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Produce, Fetch and ListOffsets answer a normal request in every version that is advertised, and the answer says what it should.</summary>
public sealed class RecordsInEveryVersionTests
{
    public static TheoryData<short> ProduceVersions => Versions.From(ProduceRequest.LowestVersion, ProduceRequest.HighestVersion);

    public static TheoryData<short> FetchVersions => Versions.From(FetchRequest.LowestVersion, FetchRequest.HighestVersion);

    public static TheoryData<short> ListOffsetsVersions => Versions.From(1, ListOffsetsRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public async Task Produce_answers_with_the_offset_and_the_records_can_be_read(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 1, "before");

        var reply = await broker.AskAsync(Ask.Produce("t", id, 1, Batches.ForProduce(version, "a", "b")), version);

        var topic = Assert.Single(reply.Responses);
        Assert.Equal(version < 13 ? "t" : "", topic.Name);
        Assert.Equal(version >= 13 ? id : default, topic.TopicId);
        var partition = Assert.Single(topic.PartitionResponses);
        Assert.Equal((1, ErrorCode.None, 1L), (partition.Index, partition.ErrorCode, partition.BaseOffset));
        Assert.Equal(-1, partition.LogAppendTimeMs);
        Assert.Equal(version >= 5 ? 0 : -1, partition.LogStartOffset);
        Assert.Equal(["before", "a", "b"], await broker.ReadAsync("t", 1));
    }

    [Theory]
    [MemberData(nameof(ProduceVersions))]
    public async Task Produce_that_is_refused_says_so_in_its_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 1, ("cleanup.policy", "compact"));
        var keyless = version < 3 ? Batches.ForProduce(version, "a")[..^2] : WithoutKey();

        var reply = await broker.AskAsync(Ask.Produce("t", id, 0, keyless), version);

        var partition = reply.Responses[0].PartitionResponses[0];
        Assert.Equal(version < 3 ? ErrorCode.CorruptMessage : ErrorCode.InvalidRecord, partition.ErrorCode);
        Assert.Equal((-1L, -1L), (partition.BaseOffset, partition.LogAppendTimeMs));
        Assert.Equal(version >= 8, partition.ErrorMessage is { Length: > 0 });
        Assert.Equal(version >= 8 ? 1 : 0, partition.RecordErrors.Count);
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public async Task Fetch_brings_the_records_in_the_format_of_the_version(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t", 2);
        await broker.ProduceAsync("t", 1, "a");
        await broker.ProduceAsync("t", 1, "b", "c");

        var reply = await broker.AskAsync(Ask.Fetch("t", id, 1, 1), version);

        Assert.Equal((ErrorCode.None, 0), (reply.ErrorCode, reply.SessionId));
        var topic = Assert.Single(reply.Responses);
        Assert.Equal(version < 13 ? "t" : "", topic.Topic);
        Assert.Equal(version >= 13 ? id : default, topic.TopicId);
        var partition = Assert.Single(topic.Partitions);
        Assert.Equal((1, ErrorCode.None, 3L), (partition.PartitionIndex, partition.ErrorCode, partition.HighWatermark));
        Assert.Equal(version >= 4 ? 3 : -1, partition.LastStableOffset);
        Assert.Equal(version >= 5 ? 0 : -1, partition.LogStartOffset);
        Assert.Equal(["b", "c"], Batches.Values(partition.Records.Bytes));
        Assert.Equal(version < 2 ? 0 : version < 4 ? 1 : 2, partition.Records.Bytes.Span[RecordBatchLayout.Magic]);
    }

    [Theory]
    [MemberData(nameof(FetchVersions))]
    public async Task Fetch_of_an_unknown_partition_is_an_error_of_that_partition(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        var id = await broker.CreateTopicAsync("t");

        var reply = await broker.AskAsync(Ask.Fetch("t", id, 7, 0), version);

        var partition = Assert.Single(Assert.Single(reply.Responses).Partitions);
        Assert.Equal((7, ErrorCode.UnknownTopicOrPartition, -1L, 0), (partition.PartitionIndex, partition.ErrorCode, partition.HighWatermark, partition.Records.Length));
    }

    [Theory]
    [MemberData(nameof(ListOffsetsVersions))]
    public async Task ListOffsets_finds_the_ends_and_a_time_between(short version)
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("t");
        await broker.AskAsync(Ask.Produce("t", 0, Batches.At(TestBroker.StartMs - 2000, "a")), 9);
        await broker.AskAsync(Ask.Produce("t", 0, Batches.At(TestBroker.StartMs - 1000, "b")), 9);

        Assert.Equal((ErrorCode.None, 2L, -1L), await OffsetAsync(broker, -1, version));
        Assert.Equal((ErrorCode.None, 0L, -1L), await OffsetAsync(broker, -2, version));
        Assert.Equal((ErrorCode.None, 1L, TestBroker.StartMs - 1000), await OffsetAsync(broker, TestBroker.StartMs - 1500, version));
    }

    private static async Task<(ErrorCode Error, long Offset, long Timestamp)> OffsetAsync(TestBroker broker, long timestamp, short version)
    {
        var reply = await broker.AskAsync(Ask.ListOffsets("t", 0, timestamp), version);
        var answer = Assert.Single(Assert.Single(reply.Topics).Partitions);
        Assert.Equal(version >= 4 ? 0 : -1, answer.LeaderEpoch);
        return (answer.ErrorCode, answer.Offset, answer.Timestamp);
    }

    private static byte[] WithoutKey()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(TestBroker.StartMs, NullableBytes.Null, "v"u8);
        return builder.Build().ToArray();
    }
}
