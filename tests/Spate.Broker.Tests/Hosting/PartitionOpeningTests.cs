using System.Collections.Concurrent;
using Spate.Protocol.Errors;

namespace Spate.Broker.Tests.Hosting;

/// <summary>What is there when somebody hears of a partition.</summary>
public sealed class PartitionOpeningTests
{
    /// <summary>A coordinator that hears of its own partition writes markers into the others at once.</summary>
    [Fact]
    public async Task Who_is_told_of_a_partition_finds_all_that_are_opened_with_it()
    {
        await using var broker = await TestBroker.StartAsync();
        var found = new ConcurrentQueue<int>();
        broker.Host.Opened += _ => found.Enqueue(Enumerable.Range(0, 3).Count(index => broker.Partitions.Find("t", index, out var _) == ErrorCode.None));

        await broker.CreateTopicAsync("t", 3);

        Assert.Equal([3, 3, 3], found);
    }
}
