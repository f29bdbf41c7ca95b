using Spate.Broker.Tests.Hosting;
using Spate.Protocol.Errors;
using Spate.Protocol.Messages;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Handlers;

/// <summary>A topic of thousands of partitions is made, found again and deleted in one piece.</summary>
public sealed class ManyPartitionsTests
{
    private const int Count = 5000;

    [Fact]
    public async Task Thousands_of_partitions_come_stay_and_go()
    {
        var files = new MemoryFileSystem();
        await using (var broker = await TestBroker.StartOnAsync(files))
        {
            await broker.CreateTopicAsync("t", Count - 1000);
            var more = new CreatePartitionsRequest
            {
                Topics = [new CreatePartitionsRequest.CreatePartitionsTopic { Name = "t", Count = Count, Assignments = null }],
            };
            Assert.Equal(ErrorCode.None, (await broker.AskAsync(more, 3)).Results[0].ErrorCode);
            Assert.Equal(0, await broker.ProduceAsync("t", Count - 1, "a"));
            await broker.StopAsync();
        }

        await using var again = await TestBroker.StartOnAsync(files);
        Assert.Equal(Count, (await again.AskAsync(new MetadataRequest { Topics = null }, 12)).Topics[0].Partitions.Count);
        Assert.Equal(["a"], await again.ReadAsync("t", Count - 1));
        await again.DeleteTopicAsync("t");
        Assert.DoesNotContain(files.ListDirectories(TestBroker.DataPath), path => Path.GetFileName(path).StartsWith("t-", StringComparison.Ordinal) && !path.EndsWith("-delete", StringComparison.Ordinal));
        Assert.Empty(again.Log.Complaints);
    }
}
