using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;

namespace Spate.Storage.Tests.Logs;

public sealed class DurabilityTests
{
    [Fact]
    public async Task Waiters_ThatComeTogether_ShareOneFlush()
    {
        var disk = new JournaledFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig { FlushMessages = 1 } };
        harness.Open();
        harness.Append("first");
        harness.Flushes.RunAll();
        var before = disk.Journal.Count;

        var waits = new List<Task<bool>>();
        for (var index = 0; index < 20; index++)
        {
            var result = harness.Append(TestBatches.Value(index));
            Assert.True(result.MustFlush);
            waits.Add(harness.Log.WaitUntilFlushedAsync(result.LastOffset + 1).AsTask());
        }

        Assert.All(waits, wait => Assert.False(wait.IsCompleted));
        Assert.DoesNotContain(disk.Journal.Skip(before), operation => operation is DiskOperation.Flush);
        harness.Flushes.RunAll();

        Assert.All(await Task.WhenAll(waits), Assert.True);
        Assert.Single(disk.Journal.Skip(before), operation => operation is DiskOperation.Flush);
        Assert.Equal(21, harness.Log.RecoveryPoint);
        Assert.True(harness.Log.WaitUntilFlushedAsync(5).AsTask().IsCompletedSuccessfully);
    }

    /// <summary>
    /// The flush that an append has started may end at any moment while the append's caller begins to wait for it: none may miss it. On the
    /// thread pool, with a bound that only a wait for ever reaches.
    /// </summary>
    [Fact]
    public async Task Waiters_ThatRaceWithTheEndOfTheirFlush_AreAllTold()
    {
        using var log = PartitionLog.Open(new LogOptions
        {
            Directory = "/data/race-0",
            Files = new FilePool(new MemoryFileSystem()),
            Config = new LogConfig { FlushMessages = 1 },
            Random = new Random(1),
        });
        for (var index = 0; index < 5_000; index++)
        {
            var result = log.AppendAsLeader(TestBatches.Of(TestBatches.Epoch2027, "value"), 0, new LogAppendRequest());
            Assert.True(await log.WaitUntilFlushedAsync(result.LastOffset + 1).AsTask().WaitAsync(TimeSpan.FromSeconds(60)));
        }
    }

    [Fact]
    public void AppendAsLeader_FewerRecordsThanFlushMessages_DoNotAskForAFlush()
    {
        using var harness = LogHarness.Opened(new LogConfig { FlushMessages = 3 });

        Assert.False(harness.Append("a", "b").MustFlush);
        Assert.True(harness.Append("c").MustFlush);
        harness.Flushes.RunAll();
        Assert.Equal(3, harness.Log.RecoveryPoint);
        Assert.False(harness.Append("d").MustFlush);
    }

    [Fact]
    public void FlushIfDue_OnceFlushMsIsOver_FlushesWhatThereIs()
    {
        using var harness = LogHarness.Opened(new LogConfig { FlushMs = 1000 });
        Assert.False(harness.Log.FlushIfDue());
        harness.Append("a");

        Assert.False(harness.Log.FlushIfDue());
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(harness.Log.FlushIfDue());
        harness.Flushes.RunAll();
        Assert.Equal(1, harness.Log.RecoveryPoint);
        harness.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(harness.Log.FlushIfDue());
    }

    [Fact]
    public async Task WaitUntilFlushedAsync_RecordsThatAreTruncated_AreNeverDurable()
    {
        using var harness = LogHarness.Opened(new LogConfig { FlushMessages = 1 });
        harness.Append("a");
        var kept = harness.Log.WaitUntilFlushedAsync(1).AsTask();
        harness.Append("b");
        var gone = harness.Log.WaitUntilFlushedAsync(2).AsTask();

        harness.Log.TruncateTo(1);

        Assert.False(await gone);
        Assert.False(kept.IsCompleted);
        harness.Flushes.RunAll();
        Assert.True(await kept);
    }

    [Fact]
    public async Task AFlushThatFails_FailsTheLogAndEveryoneWhoWaits()
    {
        var disk = new FaultyFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig { FlushMessages = 1 } };
        harness.Open();
        harness.Append("a");
        var first = harness.Log.WaitUntilFlushedAsync(1).AsTask();
        harness.Append("b");
        var second = harness.Log.WaitUntilFlushedAsync(2).AsTask();

        disk.FailOn = operation => operation == "flush";
        harness.Flushes.RunAll();
        disk.FailOn = null;

        await Assert.ThrowsAsync<LogFailedException>(() => first);
        await Assert.ThrowsAsync<LogFailedException>(() => second);
        Assert.True(harness.Log.IsFailed);
        Assert.Equal(0, harness.Log.RecoveryPoint);
        Assert.Throws<LogFailedException>(() => harness.Append("c"));
        Assert.Throws<LogFailedException>(() => harness.Log.Flush(1));
        Assert.Throws<LogFailedException>(() => harness.Log.Read(0, 10, FetchBound.LogEnd, false));
        await Assert.ThrowsAsync<LogFailedException>(() => harness.Log.WaitUntilFlushedAsync(1).AsTask());
    }

    [Fact]
    public void AFullDisk_FailsTheLogAndLeavesNoHalfBatch()
    {
        var disk = new FaultyFileSystem();
        using var harness = new LogHarness(disk);
        harness.Open();
        harness.Append("a");
        var size = harness.Log.Size;

        disk.FailOn = operation => operation == "write";
        var failure = Assert.Throws<LogFailedException>(() => harness.Append("b"));
        disk.FailOn = null;

        Assert.Equal(harness.DirectoryPath, failure.Directory);
        Assert.Equal(size, harness.BytesOf("00000000000000000000.log").Length);
        Assert.Throws<LogFailedException>(() => harness.Append("c"));
        Assert.Equal("a", harness.KillAndOpen().LogEndOffset == 1 ? harness.ReadAll().Single().Value : "more");
    }

    [Fact]
    public void EveryOperationThatFails_FailsTheLogOnceAndLosesNothingThatWasAnswered()
    {
        var operations = FailAt(int.MaxValue, out _);
        Assert.True(operations > 40);
        for (var failing = 0; failing < operations; failing++)
        {
            FailAt(failing, out var survived);
            Assert.True(survived, $"Operation {failing} failed and took records with it.");
        }
    }

    [Fact]
    public async Task Close_WhileAppendsWait_BringsThemToTheDisk()
    {
        using var harness = LogHarness.Opened(new LogConfig { FlushMessages = 1 });
        harness.Append("a");
        var wait = harness.Log.WaitUntilFlushedAsync(1).AsTask();

        harness.Log.Close();
        harness.Flushes.RunAll();

        Assert.True(await wait);
        Assert.Throws<ObjectDisposedException>(() => harness.Append("b"));
    }

    private static int FailAt(int failing, out bool survived)
    {
        var count = 0;
        var disk = new FaultyFileSystem();
        using var harness = new LogHarness(disk) { Config = new LogConfig { SegmentBytes = 300, IndexIntervalBytes = 100, RetentionBytes = 500 } };
        harness.Open();
        disk.FailOn = _ => count++ == failing;
        var answered = new Dictionary<long, string>();
        try
        {
            for (var index = 0; index < 20; index++)
            {
                var value = TestBatches.Value(index);
                answered[harness.Append(value).FirstOffset] = value;
                harness.Log.DeleteOldSegments();
                harness.Log.Flush(harness.Log.LogEndOffset);
                harness.Time.Advance(TimeSpan.FromMinutes(1));
                harness.Log.DeletePendingFiles();
            }

            harness.Log.Close();
        }
        catch (LogFailedException)
        {
            Assert.Throws<LogFailedException>(() => harness.Append("more"));
        }

        disk.FailOn = null;
        harness.KillAndOpen(0);
        survived = harness.ReadAll().All(record => answered.GetValueOrDefault(record.Offset, record.Value) == record.Value)
            && answered.Keys.Where(offset => offset >= harness.Log.LogStartOffset).All(offset => offset < harness.Log.LogEndOffset);
        return count;
    }
}
