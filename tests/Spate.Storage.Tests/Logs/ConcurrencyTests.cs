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

    [Fact]
    public async Task Readers_beside_replacements_and_renaming_never_miss_a_file()
    {
        using var harness = new LogHarness(openFiles: 0) { Config = new LogConfig { SegmentBytes = 500, IndexIntervalBytes = 100, RetentionMs = -1, FileDeleteDelayMs = 0 } };
        harness.Open();
        for (var index = 0; index < 60; index++)
        {
            harness.Append(TestBatches.Value(index));
        }

        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.Equal(60, LogHarness.ReadAll(harness.Log, 0).Count);
                Assert.NotNull(harness.Log.FindNewest());
            }
        })).ToArray();
        for (var round = 0; round < 60; round++)
        {
            var replaced = harness.Log.Segments.Take(2).ToArray();
            var replacement = harness.Log.CreateReplacement(0);
            foreach (var record in LogHarness.ReadAll(harness.Log, 0).Where(record => record.Offset < harness.Log.Segments[2].BaseOffset))
            {
                replacement.Append(TestBatches.At(record.Offset, 0, record.Value), 100);
            }

            Assert.True(harness.Log.ReplaceSegments([replacement], replaced));
            harness.Log.DeletePendingFiles();
            harness.Log.RenameDirectory(LogHarness.Root + (round % 2 == 0 ? "/orders-0-future" : "/orders-0"));
            if (harness.Log.SegmentCount == 3)
            {
                break;
            }
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        Assert.False(harness.Log.IsFailed);
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
