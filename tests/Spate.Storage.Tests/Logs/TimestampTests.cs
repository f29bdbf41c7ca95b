using Spate.Protocol.Compression;

namespace Spate.Storage.Tests.Logs;

public sealed class TimestampTests
{
    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void FindByTimestamp_AnyTime_IsTheFirstRecordThatIsNotOlder(CompressionCodec codec)
    {
        using var harness = LogHarness.Opened(new LogConfig { SegmentBytes = 600, IndexIntervalBytes = 150, RetentionMs = -1 });
        var random = new Random(4);
        var times = new List<long>();
        for (var index = 0; index < 60; index++)
        {
            // Times go forward on the whole, and often back.
            var time = TestBatches.Epoch2027 + (index * 10) - random.Next(60);
            times.Add(time);
            harness.Append(TestBatches.Compressed(codec, time, TestBatches.Value(index)));
        }

        for (var reopened = 0; reopened < 3; reopened++)
        {
            for (var time = TestBatches.Epoch2027 - 100; time < TestBatches.Epoch2027 + 620; time += 3)
            {
                var expected = times.FindIndex(each => each >= time);
                var found = harness.Log.FindByTimestamp(time);
                Assert.Equal(expected, found?.Offset ?? -1);
                Assert.Equal(expected < 0 ? null : times[expected], found?.Timestamp);
            }

            var newest = harness.Log.FindNewest();
            Assert.Equal((times.IndexOf(times.Max()), times.Max()), (newest!.Value.Offset, newest.Value.Timestamp));
            Assert.True(reopened == 0 ? harness.CloseAndOpen().LogEndOffset == 60 : harness.KillAndOpen(0).LogEndOffset == 60);
        }
    }

    [Fact]
    public void FindByTimestamp_BeforeTheLogsStart_IsAtTheStartAtLeast()
    {
        using var harness = LogHarness.Opened();
        harness.Append(TestBatches.Of(100, "a", "b", "c"));
        harness.Append(TestBatches.Of(50, "d"));
        harness.Log.DeleteRecordsBefore(2);

        Assert.Equal(2, harness.Log.FindByTimestamp(1)?.Offset);
        harness.Log.DeleteRecordsBefore(3);
        Assert.Equal(3, harness.Log.FindByTimestamp(1)?.Offset);
        Assert.Null(harness.Log.FindByTimestamp(60));
    }

    [Fact]
    public void FindNewest_AnEmptyLog_IsNothing()
    {
        using var harness = LogHarness.Opened();

        Assert.Null(harness.Log.FindNewest());
        Assert.Null(harness.Log.FindByTimestamp(0));
    }

    [Fact]
    public void FindByTimestamp_AfterATruncation_ForgetsWhatIsGone()
    {
        using var harness = LogHarness.Opened();
        harness.Append(TestBatches.Of(100, "a"));
        harness.Append(TestBatches.Of(900, "b"));
        harness.Log.TruncateTo(1);
        harness.Append(TestBatches.Of(200, "c"));

        Assert.Equal(100, harness.Log.FindByTimestamp(1)?.Timestamp);
        Assert.Equal(1, harness.Log.FindByTimestamp(150)?.Offset);
        Assert.Null(harness.Log.FindByTimestamp(300));
        Assert.Equal(200, harness.Log.FindNewest()?.Timestamp);
    }
}
