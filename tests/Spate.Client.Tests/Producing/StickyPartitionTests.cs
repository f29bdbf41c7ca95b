using Spate.Client.Connections;
using Spate.Client.Metadata;
using Spate.Client.Producing;
using Spate.Protocol.Errors;

namespace Spate.Client.Tests.Producing;

public sealed class StickyPartitionTests
{
    private const int BatchSize = 1_000;
    private const int Draws = 6_000;

    private readonly Chance _chance = new(new Random(7));

    [Fact]
    public void Choose_Adaptive_DrawsPartitionsTheLessTheMoreWaitsForThem()
    {
        // 4, 3 and 0 batches less than the fullest, and one lot more for each.
        var drawn = Draw(new StickyPartition(BatchSize, isAdaptive: true, _chance), Topic(3), static partition => partition switch { 0 => 0, 1 => 1, _ => 4 });

        Assert.InRange(drawn[0], Draws * 0.47, Draws * 0.53);
        Assert.InRange(drawn[1], Draws * 0.37, Draws * 0.43);
        Assert.InRange(drawn[2], Draws * 0.07, Draws * 0.13);
    }

    [Fact]
    public void Choose_NotAdaptive_DrawsAllAlike()
    {
        var drawn = Draw(new StickyPartition(BatchSize, isAdaptive: false, _chance), Topic(3), static partition => partition * 10);

        Assert.All(drawn, static count => Assert.InRange(count, Draws * 0.30, Draws * 0.37));
    }

    [Fact]
    public void Choose_PartitionWithoutALeader_IsLeftOut()
    {
        var drawn = Draw(new StickyPartition(BatchSize, isAdaptive: true, _chance), Topic(3, leaderless: 1), static _ => 0);

        Assert.Equal(0, drawn[1]);
        Assert.True(drawn[0] > 0 && drawn[2] > 0);
    }

    [Fact]
    public void Choose_BeforeABatchIsFull_Stays()
    {
        var sticky = new StickyPartition(BatchSize, isAdaptive: true, _chance);
        var first = sticky.Choose(Topic(50), static _ => 0);
        sticky.Count(first, BatchSize - 1, batchEnded: true);
        Assert.Equal(first, sticky.Choose(Topic(50), static _ => 0));

        // Full, and in the middle of a batch: it stays until that ends, or is twice as long.
        sticky.Count(first, 1, batchEnded: false);
        Assert.Equal(first, sticky.Choose(Topic(50), static _ => 0));
        sticky.Count(first, BatchSize, batchEnded: false);
        Assert.NotEqual(first, sticky.Choose(Topic(50), partition => partition == first ? 1_000_000 : 0));
    }

    private static int[] Draw(StickyPartition sticky, TopicMetadata topic, Func<int, int> waitingIn)
    {
        var drawn = new int[topic.Partitions.Count];
        for (var count = 0; count < Draws; count++)
        {
            var partition = sticky.Choose(topic, waitingIn);
            drawn[partition]++;
            sticky.Count(partition, BatchSize, batchEnded: true);
        }

        return drawn;
    }

    private static TopicMetadata Topic(int partitions, int leaderless = -1) => new()
    {
        Name = "t",
        Partitions = [.. Enumerable.Range(0, partitions).Select(index => new PartitionMetadata(index, index == leaderless ? PartitionMetadata.NoLeader : 1, 0, ErrorCode.None, [1], [1]))],
    };
}
