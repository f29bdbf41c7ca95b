using System.Diagnostics;
using System.Globalization;
using Spate.Storage.Files;
using Spate.Storage.Tests.Checkpoints;
using Xunit.Abstractions;

namespace Spate.Storage.Tests.Logs;

/// <summary>
/// What a node with thousands of partitions must be able to bear. Memory is that of the whole process, so nothing else runs beside it; time
/// is a figure for the reader, since machines differ.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ManyLogsTests(ITestOutputHelper output)
{
    private const int Logs = 500;

    [Fact]
    public void Hundreds_of_logs_take_little_memory_and_the_time_to_open_them_is_told()
    {
        using var scratch = new ScratchDirectory();
        var pool = new FilePool(scratch.Files, capacity: 128);
        var config = new LogConfig { SegmentBytes = 700, IndexIntervalBytes = 100, RetentionMs = -1 };
        PartitionLog Open(int number, bool clean) => PartitionLog.Open(new LogOptions
        {
            Directory = scratch.PathOf(string.Create(CultureInfo.InvariantCulture, $"t-{number}")),
            Files = pool,
            Config = config,
            StoppedCleanly = clean,
            Random = new Random(number),
            FlushScheduler = new ManualScheduler(),
        });

        var batch = TestBatches.Of(TestBatches.Epoch2027, TestBatches.Value(1, 200));
        using (var first = Open(0, clean: false))
        {
            for (var append = 0; append < 6; append++)
            {
                first.AppendAsLeader(batch.AsMemory().ToArray(), 0, new LogAppendRequest());
            }

            first.Close();
        }

        for (var number = 1; number < Logs; number++)
        {
            var copy = Directory.CreateDirectory(scratch.PathOf(string.Create(CultureInfo.InvariantCulture, $"t-{number}")));
            foreach (var file in Directory.GetFiles(scratch.PathOf("t-0")))
            {
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }
        }

        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        var logs = Enumerable.Range(0, Logs).Select(number => Open(number, clean: true)).ToArray();
        watch.Stop();
        var perLog = (GC.GetTotalMemory(forceFullCollection: true) - memory) / Logs;

        output.WriteLine($"{Logs} logs of {logs[0].SegmentCount} segments opened in {watch.ElapsedMilliseconds} ms; {perLog} bytes each.");
        Assert.All(logs, log => Assert.Equal(6, log.LogEndOffset));
        Assert.InRange(perLog, 0, 16 * 1024);
        foreach (var log in logs)
        {
            log.Dispose();
        }
    }
}
