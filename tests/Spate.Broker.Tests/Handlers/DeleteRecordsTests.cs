using Spate.Broker.Tests.Groups;
using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Handlers;

/// <summary>Records that are deleted by request are gone for readers at once and for ever.</summary>
public sealed class DeleteRecordsTests
{
    public static TheoryData<short> AllVersions => Versions.From(DeleteRecordsRequest.LowestVersion, DeleteRecordsRequest.HighestVersion);

    [Theory]
    [MemberData(nameof(AllVersions))]
    public async Task Every_version_moves_the_start_of_the_log(short version)
    {
        await using var broker = await FilledAsync();

        var answer = await AskAsync(broker, "t", 0, 2, version);

        Assert.Equal((ErrorCode.None, 2L, 0), (answer.ErrorCode, answer.LowWatermark, answer.PartitionIndex));
        Assert.Equal(["c", "d"], await broker.ReadAsync("t", 0, 2));
        Assert.Equal(2, (await broker.AskAsync(Ask.ListOffsets("t", 0, -2), 8)).Topics[0].Partitions[0].Offset);
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await broker.AskAsync(Ask.Fetch("t", 0, 1), 12)).Responses[0].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData("t", 0, -1, ErrorCode.None, 4)]
    [InlineData("t", 0, 4, ErrorCode.None, 4)]
    [InlineData("t", 0, 0, ErrorCode.None, 0)]
    [InlineData("t", 0, 5, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData("t", 0, -2, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData("t", 0, long.MinValue, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData("t", 0, long.MaxValue, ErrorCode.OffsetOutOfRange, -1)]
    [InlineData("t", 1, 0, ErrorCode.UnknownTopicOrPartition, -1)]
    [InlineData("t", -1, 0, ErrorCode.UnknownTopicOrPartition, -1)]
    [InlineData("none", 0, 0, ErrorCode.UnknownTopicOrPartition, -1)]
    [InlineData("", 0, 0, ErrorCode.UnknownTopicOrPartition, -1)]
    [InlineData("__cluster_metadata", 0, 0, ErrorCode.UnknownTopicOrPartition, -1)]
    [InlineData("__consumer_offsets", 0, 0, ErrorCode.InvalidTopic, -1)]
    [InlineData("compacted", 0, 0, ErrorCode.PolicyViolation, -1)]
    [InlineData("both", 0, 0, ErrorCode.None, 0)]
    public async Task Each_input_has_its_answer(string topic, int partition, long offset, ErrorCode error, long lowWatermark)
    {
        await using var broker = await FilledAsync();
        await broker.CreateTopicAsync("compacted", 1, ("cleanup.policy", "compact"));
        await broker.CreateTopicAsync("both", 1, ("cleanup.policy", "compact,delete"));
        using var member = await GroupMember.FindAsync(broker, "g");

        var answer = await AskAsync(broker, topic, partition, offset, 2);

        Assert.Equal((error, lowWatermark), (answer.ErrorCode, answer.LowWatermark));
    }

    [Fact]
    public async Task Start_never_moves_back_and_one_partition_s_fault_is_not_another_s()
    {
        await using var broker = await FilledAsync();
        var request = Request("t", 0, 3);
        request.Topics[0].Partitions.Add(new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = 0, Offset = 1 });
        request.Topics[0].Partitions.Add(new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = 9, Offset = 1 });

        var answers = (await broker.AskAsync(request, 2)).Topics[0].Partitions;

        Assert.Equal(
            [(ErrorCode.None, 3L), (ErrorCode.None, 3L), (ErrorCode.UnknownTopicOrPartition, -1L)], answers.Select(answer => (answer.ErrorCode, answer.LowWatermark)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deleted_records_stay_deleted_after_a_stop_and_after_a_crash(bool isClean)
    {
        var files = new MemoryFileSystem();
        await using (var broker = await FilledAsync(files))
        {
            Assert.Equal(ErrorCode.None, (await AskAsync(broker, "t", 0, 3, 2)).ErrorCode);
            if (isClean)
            {
                await broker.StopAsync();
            }
        }

        await using var again = await TestBroker.StartOnAsync(files);
        Assert.Equal(3, (await again.AskAsync(Ask.ListOffsets("t", 0, -2), 8)).Topics[0].Partitions[0].Offset);
        Assert.Equal(["d"], await again.ReadAsync("t", 0, 3));
        Assert.Equal(4, await again.ProduceAsync("t", 0, "e"));
    }

    private static DeleteRecordsRequest Request(string topic, int partition, long offset) => new()
    {
        TimeoutMs = 1000,
        Topics =
        [
            new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = topic,
                Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = partition, Offset = offset }],
            },
        ],
    };

    private static async Task<DeleteRecordsResponse.DeleteRecordsPartitionResult> AskAsync(TestBroker broker, string topic, int partition, long offset, short version)
    {
        var answers = Assert.Single((await broker.AskAsync(Request(topic, partition, offset), version)).Topics);
        Assert.Equal(topic, answers.Name);
        return Assert.Single(answers.Partitions);
    }

    private static async Task<TestBroker> FilledAsync(IFileSystem? files = null)
    {
        var broker = await TestBroker.StartOnAsync(files ?? new MemoryFileSystem());
        await broker.CreateTopicAsync("t");
        foreach (var value in (string[])["a", "b", "c", "d"])
        {
            await broker.ProduceAsync("t", 0, value);
        }

        return broker;
    }
}
