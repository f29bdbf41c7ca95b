using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Logs;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Readers_beside_a_writer_and_a_trimmer_see_whole_batches_in_order()
    {
        using var harness = new LogHarness(openFiles: 2)
        {
            Config = new LogConfig { SegmentBytes = 3000, IndexIntervalBytes = 200, RetentionBytes = 20_000, FileDeleteDelayMs = 0, FlushMessages = 50 },
        };
        harness.Open();
        const int Records = 4000;
        using var done = new CancellationTokenSource();

        var readers = Enumerable.Range(0, 3).Select(number => Task.Run(() => Follow(harness.Log, number, Records))).ToArray();
        var trimmer = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                harness.Log.DeleteOldSegments();
                harness.Log.DeletePendingFiles();
                harness.Flushes.RunAll();
                Thread.Yield();
            }
        });
        for (var index = 0; index < Records; index++)
        {
            Assert.Equal(index, harness.Append(TestBatches.Value(index)).FirstOffset);
        }

        await Task.WhenAll(readers);
        await done.CancelAsync();
        await trimmer;
    }

    private static void Follow(PartitionLog log, int number, int records)
    {
        var bound = number == 0 ? FetchBound.LogEnd : FetchBound.HighWatermark;
        var offset = 0L;
        while (offset < records)
        {
            var result = log.Read(offset, 500 * (number + 1), bound, atLeastOneBatch: true);
            if (result.IsOutOfRange)
            {
                offset = log.LogStartOffset;
                continue;
            }

            using var source = result.Records;
            var batches = new RecordBatchEnumerator(LogHarness.ToArray(source));
            while (batches.MoveNext())
            {
                Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batches.Current, out var header));
                Assert.True(header.BaseOffset == offset, $"Offset {header.BaseOffset} follows on {offset - 1}.");
                offset = header.NextOffset;
            }
        }
    }
}
