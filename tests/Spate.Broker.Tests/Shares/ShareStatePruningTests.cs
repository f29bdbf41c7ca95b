using Spate.Broker.Tests.Hosting;
using Spate.Protocol;
using Spate.Protocol.Errors;
using Spate.Storage.Files;

namespace Spate.Broker.Tests.Shares;

/// <summary>The topic that keeps what became of records does not grow with them.</summary>
public sealed class ShareStatePruningTests
{
    [Fact]
    public async Task What_later_snapshots_say_is_deleted_and_what_counts_is_found_again()
    {
        string[] settings =
        [
            "share.coordinator.state.topic.num.partitions=1", "share.coordinator.snapshot.update.records.per.snapshot=3",
            "share.coordinator.state.topic.prune.interval.ms=1000", "share.coordinator.cold.partition.snapshot.interval.ms=60000",
        ];
        var files = new MemoryFileSystem();
        Uuid topic;
        long start;
        await using (var broker = await TestBroker.StartOnAsync(files, settings))
        {
            topic = await broker.CreateTopicAsync("t", 2);
            await ShareAsk.BeginAsync(broker, "cold", topic, 5, partition: 1);
            await ShareAsk.BeginAsync(broker, "hot", topic, 0);
            for (var offset = 1; offset <= 40; offset++)
            {
                Assert.Equal(ErrorCode.None, (await broker.AskAsync(ShareAsk.Write("hot", topic, 0, 0, offset, (offset + 1, offset + 1, 2)), 1)).Results[0].Partitions[0].ErrorCode);
            }

            Assert.Equal(ErrorCode.None, broker.Partitions.Find("__share_group_state", 0, out var state));
            broker.Clock.Advance(TimeSpan.FromSeconds(2));
            Assert.Equal(0, state!.Log.LogStartOffset);

            // The one of which nothing was written for a while is written again, and lets go of what is before.
            broker.Clock.Advance(TimeSpan.FromSeconds(60));
            await broker.WhenAsync(() => state.Log.LogEndOffset == 43, "a snapshot of what is cold");
            broker.Clock.Advance(TimeSpan.FromSeconds(2));
            await broker.WhenAsync(() => state.Log.LogStartOffset > 30, "what is superseded to be deleted");
            start = state.Log.LogStartOffset;
            Assert.Equal("40: 40-41 2*1", await ShareAsk.StateAsync(broker, "hot", topic));
        }

        await using var again = await TestBroker.StartOnAsync(files, settings);
        await again.WhenAsync(() => again.Metrics.ShareState.LoadTime.Count == 1, "the share coordinator to be loaded");
        Assert.Equal(ErrorCode.None, again.Partitions.Find("__share_group_state", 0, out var stateAgain));
        Assert.Equal(start, stateAgain!.Log.LogStartOffset);
        Assert.Equal("40: 40-41 2*1", await ShareAsk.StateAsync(again, "hot", topic));
        Assert.Equal("5:", await ShareAsk.StateAsync(again, "cold", topic, 1));
    }
}
