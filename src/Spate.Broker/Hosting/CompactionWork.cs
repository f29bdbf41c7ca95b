using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;

namespace Spate.Broker.Hosting;

/// <summary>
/// Keeps the cleaner at work with as many threads as the settings say, none while they say so, and begins it anew when they change.
/// </summary>
internal sealed class CompactionWork : IDisposable
{
    private readonly LogStore _logs;
    private readonly LogCleaner _cleaner;
    private readonly BrokerSettings _settings;
    private readonly Lock _changing = new();
    private CancellationTokenSource _round = new();
    private bool _ended;

    public CompactionWork(LogStore logs, LogCleaner cleaner, BrokerSettings settings)
    {
        _logs = logs;
        _cleaner = cleaner;
        _settings = settings;
        settings.OnChange(Follow);
    }

    /// <summary>What settings of a broker ask of its cleaner.</summary>
    public static LogCleanerOptions Options(LogCleanerOptions options, ConfigValues values) => options with
    {
        // Without a thread the cleaner is not run; what it is asked otherwise it still answers.
        Threads = Math.Max(1, values.Get(CleanerKeys.Threads)),
        DedupeBufferSize = values.Get(CleanerKeys.DedupeBufferSize),
        DedupeBufferLoadFactor = values.Get(CleanerKeys.IoBufferLoadFactor),
        IoBufferSize = values.Get(CleanerKeys.IoBufferSize),
        MaxBytesPerSecond = values.Get(CleanerKeys.IoMaxBytesPerSecond),
        Backoff = TimeSpan.FromMilliseconds(Math.Min(int.MaxValue, values.Get(CleanerKeys.BackoffMs))),
    };

    /// <summary>Compacts until it is told to stop, and then throws that it was.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            stopping.ThrowIfCancellationRequested();
            var round = Begin();
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, round);
            try
            {
                var values = _settings.Values;
                if (values.Get(CleanerKeys.Enable) && values.Get(CleanerKeys.Threads) > 0)
                {
                    await _cleaner.RunAsync(() => _logs.All, ending.Token);
                }
                else
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ending.Token);
                }
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested && round.IsCancellationRequested)
            {
                // The settings changed.
            }
        }
    }

    public void Dispose()
    {
        lock (_changing)
        {
            _ended = true;
            _round.Dispose();
        }
    }

    private CancellationToken Begin()
    {
        lock (_changing)
        {
            if (_round.IsCancellationRequested)
            {
                _round.Dispose();
                _round = new CancellationTokenSource();
            }

            return _round.Token;
        }
    }

    private void Follow(ConfigChange change)
    {
        if (!change.Names.Any(name => CleanerKeys.All.Any(key => key.Name == name)))
        {
            return;
        }

        _cleaner.Options = Options(_cleaner.Options, change.After);
        if (change.Touches(CleanerKeys.Threads, CleanerKeys.BackoffMs))
        {
            lock (_changing)
            {
                if (!_ended)
                {
                    _round.Cancel();
                }
            }
        }
    }
}
