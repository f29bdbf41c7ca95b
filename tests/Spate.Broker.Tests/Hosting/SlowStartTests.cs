using Microsoft.Extensions.Time.Testing;
using Spate.Broker.Hosting;
using Spate.Broker.Tests.Network;

namespace Spate.Broker.Tests.Hosting;

/// <summary>A start that takes long says what it is at.</summary>
public sealed class SlowStartTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_start_that_waits_for_a_log_names_it_and_how_far_it_is()
    {
        var disk = new BrokenDisk();
        await using (var before = await TestBroker.StartOnAsync(disk))
        {
            await before.CreateTopicAsync("orders", 3);
            await before.ProduceAsync("orders", 1, "one");
            await before.StopAsync();
        }

        using var hold = new Hold(disk, $"{TestBroker.DataPath}/orders-1/0000");
        var (starting, clock, log) = Start(disk, "num.recovery.threads.per.data.dir=1");
        await hold.Reached.OrTimeout("the start to come to the log");
        Assert.DoesNotContain(log.Lines, static line => line.Text.StartsWith("Still starting", StringComparison.Ordinal));

        clock.Advance(StartWatch.Patience);
        Assert.Matches(@"^Still starting after 2 s: opening logs, and recovering those that were not closed: \d of 3 are open, at orders-1 now$", Assert.Single(Told(log)));
        clock.Advance(Beat);
        Assert.StartsWith("Still starting after 7 s: ", Told(log)[1], StringComparison.Ordinal);

        hold.Release();
        await using var broker = await starting.OrTimeout("the start");
        clock.Advance(Beat);
        Assert.Equal(2, Told(log).Count);
    }

    [Fact]
    public async Task Whoever_waits_for_the_start_is_told_before_the_log_says_that_it_is_through()
    {
        var (log, seed, before) = (new TestLog(), 77, new List<string>());
        var environment = new BrokerEnvironment
        {
            Files = new BrokenDisk(),
            Clock = TimeProvider.System,
            NewRandom = () => new Random(seed++),
            Logging = log,
            OnStarted = () => before.AddRange(log.Lines.Select(static line => line.Text)),
        };
        await using var broker = await BrokerServer.StartAsync(TestBroker.Settings(), environment);
        Assert.NotEmpty(before);
        Assert.DoesNotContain(before, static line => line.StartsWith("Started in", StringComparison.Ordinal));
        Assert.Contains(log.Lines, static line => line.Text.StartsWith("Started in", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_start_that_waits_for_a_disk_says_for_which()
    {
        var disk = new BrokenDisk();
        await using (var before = await TestBroker.StartOnAsync(disk))
        {
            await before.StopAsync();
        }

        using var hold = new Hold(disk, $"{TestBroker.DataPath}/meta.properties");
        var (starting, clock, log) = Start(disk);
        await hold.Reached.OrTimeout("the start to come to the file");
        clock.Advance(StartWatch.Patience);
        Assert.Equal($"Still starting after 2 s: waiting for the disk of {TestBroker.DataPath} to tell what is there", Assert.Single(Told(log)));
        hold.Release();
        await using var broker = await starting.OrTimeout("the start");
    }

    private static (Task<BrokerServer> Starting, FakeTimeProvider Clock, TestLog Log) Start(BrokenDisk disk, params string[] settings)
    {
        var (clock, log, seed) = (new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(TestBroker.StartMs)), new TestLog(), 77);
        var environment = new BrokerEnvironment { Files = disk, Clock = clock, NewRandom = () => new Random(seed++), Logging = log };
        return (Task.Run(() => BrokerServer.StartAsync(TestBroker.Settings(settings), environment)), clock, log);
    }

    private static List<string> Told(TestLog log) => [.. log.Lines.Select(static line => line.Text).Where(static line => line.StartsWith("Still starting", StringComparison.Ordinal))];

    /// <summary>Holds whoever touches a path until it is let go.</summary>
    private sealed class Hold : IDisposable
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _gate = new();

        public Hold(BrokenDisk disk, string path) => disk.Fails = (touched, _) =>
        {
            if (touched.StartsWith(path, StringComparison.Ordinal))
            {
                _reached.TrySetResult();
                _gate.Wait(TimeSpan.FromSeconds(60));
            }

            return false;
        };

        public Task Reached => _reached.Task;

        public void Release() => _gate.Set();

        public void Dispose() => _gate.Set();
    }
}
