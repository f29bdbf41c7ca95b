using Microsoft.Extensions.Logging;
using Spate.Broker.Configuration;
using Spate.Broker.Configuration.Keys;
using Spate.Storage;
using Spate.Storage.Compaction;
using Spate.Storage.Directories;

namespace Spate.Broker.Hosting;

/// <summary>
/// The work on logs that nobody asks for: retention, compaction, flushes that are due, checkpoints, files whose time has come. Each kind runs on its own
/// beat, one after the other within a beat, and a failure of one log does not keep the others from their turn.
/// </summary>
internal sealed class LogMaintenance(LogStore logs, LogCleaner cleaner, BrokerSettings settings, BrokerEnvironment environment) : IAsyncDisposable
{
    private static readonly TimeSpan FilesBeat = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FlushBeat = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = environment.Logging.CreateLogger<LogMaintenance>();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _beats = [];
    private readonly CompactionWork _compaction = new(logs, cleaner, settings);

    public void Start()
    {
        _beats.Add(RepeatAsync("Retention", Milliseconds(BrokerKeys.LogRetentionCheckIntervalMs), ApplyRetention));
        _beats.Add(RepeatAsync("The writing of recovery points", Milliseconds(LogKeys.RecoveryPointCheckpointIntervalMs), logs.CheckpointRecoveryPoints));
        _beats.Add(RepeatAsync("The writing of log start offsets", Milliseconds(LogKeys.StartOffsetCheckpointIntervalMs), logs.CheckpointLogStartOffsets));
        _beats.Add(RepeatAsync("The writing of high watermarks", Milliseconds(LogKeys.HighWatermarkCheckpointIntervalMs), logs.CheckpointHighWatermarks));
        _beats.Add(RepeatAsync("The deletion of files", FilesBeat, DeleteFiles));
        _beats.Add(RepeatAsync("The flushing of logs", FlushBeat, FlushDue));
        _beats.Add(CompactAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_beats);
        _compaction.Dispose();
        _stopping.Dispose();
    }

    private TimeSpan Milliseconds(ConfigKey<long> key) => TimeSpan.FromMilliseconds(Math.Min(settings.Values.Get(key), int.MaxValue));

    private TimeSpan Milliseconds(ConfigKey<int> key) => TimeSpan.FromMilliseconds(settings.Values.Get(key));

    private async Task RepeatAsync(string work, TimeSpan beat, Action run)
    {
        using var timer = new PeriodicTimer(beat, environment.Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                try
                {
                    run();
                }
                catch (Exception failure)
                {
                    // Whatever it was, the work comes round again, and the broker goes on without it until then.
                    _logger.MaintenanceFailed(work, failure);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
    }

    private async Task CompactAsync()
    {
        try
        {
            await _compaction.RunAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The broker stops.
        }
        catch (Exception failure)
        {
            _logger.CompactionEnded(failure);
        }
    }

    private void ApplyRetention()
    {
        var expiration = settings.Values.Get(BrokerKeys.ProducerIdExpirationMs);
        ForEach(log =>
        {
            log.DeleteOldSegments();
            log.RemoveExpiredProducers(expiration);
        });
    }

    private void DeleteFiles()
    {
        ForEach(log => log.DeletePendingFiles());
        logs.DeleteDueDirectories();
    }

    private void FlushDue() => ForEach(log => log.FlushIfDue());

    private void ForEach(Action<PartitionLog> run)
    {
        foreach (var hosted in logs.All)
        {
            try
            {
                run(hosted.Log);
            }
            catch (LogFailedException failure)
            {
                logs.Fail(failure);
            }
            catch (ObjectDisposedException)
            {
                // The log was deleted, or its directory went offline, since the list was made.
            }
        }
    }
}
