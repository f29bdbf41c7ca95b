using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;
using Spate.Storage.Files;
using Spate.Storage.Tests.Crashes;
using Spate.Storage.Tests.Logs;

namespace Spate.Storage.Tests.Compaction;

public sealed class CleanerRunTests
{
    private const int Slow = 20_000;

    private static readonly LogCleanerOptions Throttled = new() { OnFailure = (_, _) => { }, MaxBytesPerSecond = Slow, IoBufferSize = 1 };

    [Fact]
    public async Task A_cleaner_reads_and_writes_no_faster_than_it_may()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 400);
        harness.Roll();

        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        var waited = 0;
        while (!cleaning.IsCompleted)
        {
            Assert.True(waited++ < 10_000, "The cleaner does not come to an end.");
            harness.Pass(TimeSpan.FromMilliseconds(100));
        }

        var result = (await cleaning)!;
        var seconds = (double)(result.BytesRead + result.BytesWritten) / Slow;
        Assert.InRange(result.Duration.TotalSeconds, seconds - 0.5, seconds + 1);
        Assert.True(seconds > 3);
    }

    [Fact]
    public async Task Appends_and_fetches_go_on_while_a_log_is_cleaned()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 100);
        harness.Roll();
        var held = harness.Log.Read(0, 1 << 20, FetchBound.LogEnd, true);
        using var records = held.Records;
        var before = LogHarness.ToArray(records);

        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        var expected = LogContent.StateOf(LogContent.ReadAll(harness.Log));
        for (var number = 0; !cleaning.IsCompleted; number++)
        {
            harness.Append(("during", TestBatches.Value(number)));
            expected["during"] = TestBatches.Value(number);
            Assert.Equal(expected, LogContent.StateOf(LogContent.ReadAll(harness.Log)));
            harness.Pass(TimeSpan.FromMilliseconds(50));
        }

        Assert.NotNull(await cleaning);
        Assert.Equal(expected, LogContent.StateOf(LogContent.ReadAll(harness.Log)));
        harness.Pass(TimeSpan.FromHours(1));
        harness.Log.DeletePendingFiles();
        Assert.Equal(before, LogHarness.ToArray(records));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_log_that_is_truncated_while_it_is_cleaned_keeps_what_it_has(int waits)
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 120);
        harness.Roll();
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        for (var wait = 0; wait < waits; wait++)
        {
            harness.Pass(TimeSpan.FromMilliseconds(250));
        }

        Assert.False(cleaning.IsCompleted);
        Assert.True(harness.Log.TruncateTo(50));
        harness.Cleaner.Truncated(harness.Hosted, harness.Log.LogEndOffset);
        harness.Append((TestBatches.Value(1), "after"));
        harness.Roll();
        var expected = LogContent.ReadAll(harness.Log);
        harness.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(await cleaning);
        Assert.Equal(expected, LogContent.ReadAll(harness.Log));
        Assert.DoesNotContain(harness.Logs.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.False(harness.Directory.CleanerOffsets.Read().Content.ContainsKey(harness.Hosted.Partition));
        harness.Cleaner.MaxBytesPerSecond = double.MaxValue;
        Assert.Equal(51, harness.Clean()!.EndOffset);
        Assert.Equal(LogContent.StateOf(expected), LogContent.StateOf(LogContent.ReadAll(harness.Log)));
    }

    [Fact]
    public async Task A_log_that_is_closed_while_it_is_cleaned_opens_as_it_was()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 120);
        harness.Roll();
        var expected = LogContent.ReadAll(harness.Log);
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        harness.Pass(TimeSpan.FromSeconds(1));

        harness.Log.Close();
        harness.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(await cleaning);
        Assert.Empty(harness.Failures);
        harness.Logs.Open(clean: true);
        Assert.Equal(expected, LogContent.ReadAll(harness.Log));
        Assert.DoesNotContain(harness.Logs.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_log_whose_directory_is_renamed_while_it_is_cleaned_is_no_failure_of_the_disk()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 120);
        harness.Roll();
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        harness.Pass(TimeSpan.FromSeconds(1));

        harness.Log.RenameDirectory(Path.Combine(LogHarness.Root, "orders-0.0123-delete"));
        harness.Pass(TimeSpan.FromMinutes(1));

        Assert.Null(await cleaning);
        Assert.Empty(harness.Failures);
        Assert.False(harness.Log.IsFailed);
    }

    [Fact]
    public async Task A_log_whose_segments_are_deleted_while_it_is_cleaned_is_cleaned_another_time()
    {
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 2000 }, Throttled);
        Fill(harness, 120);
        harness.Roll();
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        harness.Pass(TimeSpan.FromMilliseconds(300));
        Assert.True(harness.Log.DeleteRecordsBefore(40));
        Assert.True(harness.Log.DeleteOldSegments() > 0);
        harness.Pass(TimeSpan.FromSeconds(2));
        harness.Log.DeletePendingFiles();
        var expected = LogContent.ReadAll(harness.Log);
        while (!cleaning.IsCompleted)
        {
            harness.Pass(TimeSpan.FromSeconds(1));
        }

        Assert.Null(await cleaning);
        Assert.Empty(harness.Failures);
        Assert.Equal(expected, LogContent.ReadAll(harness.Log));
        harness.Cleaner.MaxBytesPerSecond = double.MaxValue;
        Assert.NotNull(harness.Clean());
        Assert.Equal(LogContent.StateOf(expected), LogContent.StateOf(LogContent.ReadAll(harness.Log)));
    }

    [Fact]
    public async Task Behind_a_group_that_was_refused_nothing_is_replaced()
    {
        // Two groups of several segments each: the first loses its front while its last segment is read.
        using var harness = CleanerHarness.Opened(CleanerHarness.Compacted with { SegmentBytes = 6000 }, Throttled);
        for (var index = 0; index < 160; index++)
        {
            harness.Append((TestBatches.Value(index % 10), TestBatches.Value(index, 60)));
            if (index % 20 == 19)
            {
                harness.Log.Roll();
            }
        }

        harness.Roll();
        Assert.True(harness.Log.SegmentCount >= 8);
        var last = harness.Log.Segments[^2];
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        while (!harness.Logs.Names().Any(name => name.EndsWith(".log.cleaned", StringComparison.Ordinal)))
        {
            Assert.False(cleaning.IsCompleted);
            harness.Pass(TimeSpan.FromMilliseconds(20));
        }

        // The second segment is under way by then.
        harness.Pass(TimeSpan.FromMilliseconds(200));
        Assert.True(harness.Log.DeleteRecordsBefore(harness.Log.Segments[1].BaseOffset));
        Assert.Equal(1, harness.Log.DeleteOldSegments());
        while (!cleaning.IsCompleted)
        {
            harness.Pass(TimeSpan.FromMilliseconds(20));
        }

        Assert.Null(await cleaning);
        Assert.Same(last, harness.Log.Segments[^2]);
        Assert.Empty(harness.Directory.CleanerOffsets.Read().Content);
    }

    [Fact]
    public async Task A_pause_ends_the_cleaning_and_keeps_others_out()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 120);
        harness.Roll();
        var expected = LogContent.ReadAll(harness.Log);
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
        harness.Pass(TimeSpan.FromSeconds(1));

        using (await harness.Cleaner.PauseAsync(harness.Hosted.Partition))
        {
            Assert.Null(await cleaning);
            Assert.Equal(expected, LogContent.ReadAll(harness.Log));
            Assert.Null(await harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None));
            using var second = await harness.Cleaner.PauseAsync(harness.Hosted.Partition);
        }

        harness.Cleaner.MaxBytesPerSecond = double.MaxValue;
        Assert.NotNull(harness.Clean());
    }

    [Fact]
    public async Task A_cleaner_that_is_stopped_says_so()
    {
        using var harness = CleanerHarness.Opened(options: Throttled);
        Fill(harness, 120);
        harness.Roll();
        using var stop = new CancellationTokenSource();
        var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cleaning);
        Assert.DoesNotContain(harness.Logs.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_threads_clean_all_logs_and_rest_when_there_is_nothing_to_do()
    {
        var disk = new MemoryFileSystem();
        var logs = Enumerable.Range(0, 5).Select(number => new CleanerHarness(disk: disk, root: $"/disk-{number}")).ToArray();
        var cleaned = new List<CleaningResult>();
        using var done = new SemaphoreSlim(0);
        foreach (var log in logs)
        {
            log.Logs.Open();
            Fill(log, 200);
            log.Roll();
        }

        HostedLog[] hosted = [.. logs.Select((log, number) => log.Hosted with { Partition = new TopicPartition("orders", number) })];
        var cleaner = new LogCleaner(logs[0].Options with
        {
            Threads = 3,
            Time = TimeProvider.System,
            OnCleaned = result =>
            {
                lock (cleaned)
                {
                    cleaned.Add(result);
                }

                done.Release();
            },
        });
        using var stop = new CancellationTokenSource();
        var running = cleaner.RunAsync(() => hosted, stop.Token);
        foreach (var _ in hosted)
        {
            Assert.True(await done.WaitAsync(TimeSpan.FromSeconds(30)), $"{cleaned.Count} of {hosted.Length} logs were cleaned.");
        }

        await stop.CancelAsync();
        await running;
        Assert.Equal(hosted.Select(log => log.Partition), cleaned.Select(result => result.Partition).OrderBy(partition => partition.Partition));
        foreach (var log in logs)
        {
            Assert.Equal(11, LogContent.ReadAll(log.Log).Count);
            log.Dispose();
        }
    }

    [Fact]
    public void A_batch_that_cannot_be_read_stops_the_cleaning_of_its_log_alone()
    {
        using var sound = CleanerHarness.Opened();
        using var damaged = new CleanerHarness(root: "/damaged");
        damaged.Logs.Open();
        Fill(sound, 20);
        Fill(damaged, 30);
        sound.Roll();
        damaged.Roll();
        var bytes = damaged.Logs.BytesOf("00000000000000000000.log");
        damaged.Logs.Overwrite("00000000000000000000.log", [(byte)(bytes[^1] ^ 1)], bytes.Length - 1);
        HostedLog[] both = [damaged.Hosted with { Partition = new TopicPartition("damaged", 3) }, sound.Hosted];

        var result = sound.Cleaner.CleanOnceAsync(both, CancellationToken.None);
        Assert.True(result.IsCompletedSuccessfully);
        var again = sound.Cleaner.CleanOnceAsync(both, CancellationToken.None);
        Assert.True(again.IsCompletedSuccessfully);

        Assert.Equal(11, LogContent.ReadAll(sound.Log).Count);
        Assert.Equal(new TopicPartition("damaged", 3), Assert.Single(sound.Cleaner.Uncleanable));
        var line = Assert.Single(sound.Logger.Lines, line => line.Level == LogLevel.Error);
        Assert.Contains("damaged-3", line.Text, StringComparison.Ordinal);
        Assert.Contains("CrcMismatch", line.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(damaged.Logs.Names(), name => name.EndsWith(".cleaned", StringComparison.Ordinal));
        Assert.False(damaged.Log.IsFailed);

        // The same partition made anew is another log.
        sound.Cleaner.Forget([both[0]]);
        Assert.Empty(sound.Cleaner.Uncleanable);
    }

    [Theory]
    [InlineData("create")]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("move")]
    [InlineData("flush directory")]
    public void A_disk_that_fails_while_a_log_is_cleaned_takes_the_log_with_it_and_loses_nothing(string operation)
    {
        for (var passes = 0; ; passes++)
        {
            var disk = new FaultyFileSystem();
            using var harness = new CleanerHarness(disk: disk);
            harness.Logs.Open();
            Fill(harness, 30);
            harness.Roll();
            var expected = LogContent.StateOf(LogContent.ReadAll(harness.Log));
            var left = passes;
            disk.FailOn = name => name == operation && left-- == 0;

            var cleaning = harness.Cleaner.CleanOnceAsync([harness.Hosted], CancellationToken.None);
            Assert.True(cleaning.IsCompletedSuccessfully);
            disk.FailOn = null;
            if (harness.Failures.Count == 0)
            {
                Assert.True(passes > 0, $"The cleaner never came to {operation}.");
                break;
            }

            Assert.IsAssignableFrom<Exception>(Assert.Single(harness.Failures));
            harness.Logs.KillAndOpen();
            Assert.Equal(expected, LogContent.StateOf(LogContent.ReadAll(harness.Log)));
        }
    }

    [Fact]
    public async Task A_thread_that_breaks_ends_the_run_and_tells_its_owner()
    {
        using var harness = CleanerHarness.Opened();
        harness.Options = harness.Options with { Threads = 3 };
        var calls = 0;

        var running = harness.Cleaner.RunAsync(
            () => Interlocked.Increment(ref calls) == 2 ? throw new InvalidOperationException("broken") : [], CancellationToken.None);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => running.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("broken", failure.Message);
    }

    [Fact]
    public void Memory_for_keys_is_taken_only_while_a_log_is_cleaned()
    {
        using var harness = CleanerHarness.Opened();
        harness.Options = harness.Options with { DedupeBufferSize = long.MaxValue };
        Fill(harness, 20);
        Assert.Null(harness.Clean());
        harness.Roll();

        // More than any machine has: it is asked for now, and refused.
        Assert.IsType<OutOfMemoryException>(Record.Exception(() => harness.Clean())?.GetBaseException());
        Assert.Empty(harness.Cleaner.Uncleanable);
        Assert.Equal(21, LogContent.ReadAll(harness.Log).Count);
    }

    private static void Fill(CleanerHarness harness, int count)
    {
        for (var index = 0; index < count; index++)
        {
            harness.Append((TestBatches.Value(index % 10), TestBatches.Value(index, 60)));
        }
    }
}
