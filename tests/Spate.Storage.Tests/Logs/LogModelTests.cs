using System.Globalization;
using System.Text;
using Spate.Protocol.Compression;
using Spate.Storage.Tests.Crashes;

namespace Spate.Storage.Tests.Logs;

/// <summary>Random lives of a log beside a plain list of what must be in it.</summary>
public sealed class LogModelTests
{
    private const int Steps = 250;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 24)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void A_log_holds_what_a_list_would(int seed)
    {
        var random = new Random(seed);
        using var harness = LogHarness.Opened(new LogConfig
        {
            SegmentBytes = random.Next(400, 4000),
            IndexIntervalBytes = random.Next(0, 500),
            SegmentIndexBytes = random.Next(2) == 0 ? 60 : 10 << 20,
            RetentionMs = -1,
            RetentionBytes = random.Next(2) == 0 ? -1 : 5000,
        });
        var model = new SortedDictionary<long, (string Value, long Timestamp)>();
        var trace = new StringBuilder();
        try
        {
            for (var step = 0; step < Steps; step++)
            {
                Step(random, harness, model, trace);
                Check(random, harness, model);
            }
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new CrashSurvivalException(
                string.Create(CultureInfo.InvariantCulture, $"Seed {seed}, steps: {trace}: {failure.Message}"), failure);
        }
    }

    private static void Step(Random random, LogHarness harness, SortedDictionary<long, (string Value, long Timestamp)> model, StringBuilder trace)
    {
        var log = harness.Log;
        switch (random.Next(20))
        {
            case 0:
                trace.Append(" roll");
                log.Roll();
                harness.Flushes.RunAll();
                break;
            case 1:
                var offset = Math.Max(0, log.LogEndOffset - random.Next(15));
                trace.Append(CultureInfo.InvariantCulture, $" truncate({offset})");
                log.TruncateTo(offset);
                RemoveFrom(model, log.LogEndOffset);
                break;
            case 2:
                trace.Append(" close");
                harness.CloseAndOpen();
                break;
            case 3:
                trace.Append(" kill");
                harness.KillAndOpen(random.Next(2) == 0 ? 0 : null);
                break;
            case 4:
                offset = Math.Min(log.LogEndOffset, log.LogStartOffset + random.Next(5));
                trace.Append(CultureInfo.InvariantCulture, $" start({offset})");
                log.UpdateHighWatermark(log.LogEndOffset);
                Assert.True(log.DeleteRecordsBefore(offset));
                break;
            case 5:
                trace.Append(" retain");
                log.UpdateHighWatermark(log.LogEndOffset);
                log.DeleteOldSegments();
                harness.Time.Advance(TimeSpan.FromMinutes(2));
                log.DeletePendingFiles();
                break;
            case 6:
                trace.Append(" flush");
                log.Flush(log.LogEndOffset - random.Next(3));
                break;
            case 7:
                trace.Append(" follow");
                offset = log.LogEndOffset + random.Next(4);
                log.AppendAsFollower(TestBatches.Join(TestBatches.At(offset, 0, "f1", "f2"), TestBatches.At(offset + 5, 0, "f3")));
                model[offset] = ("f1", TestBatches.Epoch2027 + offset);
                model[offset + 1] = ("f2", TestBatches.Epoch2027 + offset);
                model[offset + 5] = ("f3", TestBatches.Epoch2027 + offset + 5);
                break;
            default:
                trace.Append(" append");
                Append(random, harness, model);
                break;
        }
    }

    private static void Append(Random random, LogHarness harness, SortedDictionary<long, (string Value, long Timestamp)> model)
    {
        var values = Enumerable.Range(0, random.Next(1, 6)).Select(_ => TestBatches.Value(random.Next(10_000), random.Next(5, 60))).ToArray();
        var timestamp = TestBatches.Epoch2027 + random.Next(100_000);
        var codec = random.Next(4) == 0 ? CompressionCodec.Gzip : CompressionCodec.None;
        var result = harness.Append(TestBatches.Compressed(codec, timestamp, values));
        Assert.Equal(LogAppendError.None, result.Error);
        for (var index = 0; index < values.Length; index++)
        {
            model[result.FirstOffset + index] = (values[index], timestamp);
        }
    }

    private static void Check(Random random, LogHarness harness, SortedDictionary<long, (string Value, long Timestamp)> model)
    {
        var log = harness.Log;
        foreach (var gone in model.Keys.TakeWhile(offset => offset < log.LogStartOffset).ToArray())
        {
            model.Remove(gone);
        }

        var from = log.LogStartOffset + random.NextInt64(log.LogEndOffset - log.LogStartOffset + 1);
        var expected = model.Where(record => record.Key >= from).Select(record => (record.Key, record.Value.Value, record.Value.Timestamp));
        var found = LogHarness.ReadAll(log, from, random.Next(1, 3000)).Select(record => (record.Offset, record.Value, record.Timestamp));
        Assert.Equal(expected, found);

        var time = TestBatches.Epoch2027 + random.Next(100_000);
        var first = model.FirstOrDefault(record => record.Value.Timestamp >= time, new KeyValuePair<long, (string Value, long Timestamp)>(-1, default)).Key;
        Assert.Equal(first, log.FindByTimestamp(time)?.Offset ?? -1);
        Assert.Equal(model.Count == 0 ? -1 : model.Values.Max(record => record.Timestamp), log.FindNewest()?.Timestamp ?? -1);
    }

    private static void RemoveFrom(SortedDictionary<long, (string Value, long Timestamp)> model, long offset)
    {
        foreach (var gone in model.Keys.Where(key => key >= offset).ToArray())
        {
            model.Remove(gone);
        }
    }
}
