using Spate.Metadata.Images;

namespace Spate.Metadata.Log;

/// <summary>
/// Takes snapshots of what was decided, one at a time and beside the decisions that go on, so that neither the log nor the time of a start
/// grows for ever. Safe for use by several threads at once.
/// </summary>
/// <param name="log">Where they are kept.</param>
/// <param name="settings">When they are taken; asked anew each time.</param>
/// <param name="clock">Measures the time between them.</param>
/// <param name="onFailure">Told when one could not be written; another is tried when the next is due.</param>
public sealed class SnapshotTaker(IMetadataLog log, Func<SnapshotSettings> settings, TimeProvider clock, Action<Exception> onFailure) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private long _bytes;
    private long _since = clock.GetTimestamp();
    private Task _running = Task.CompletedTask;
    private bool _isStopped;

    /// <summary>Ends when no snapshot is being written.</summary>
    public Task WhenIdle => _running;

    /// <summary>Counts what was read at the start and is in no snapshot.</summary>
    /// <param name="bytes">How many bytes of the log.</param>
    public void Found(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
        }
    }

    /// <summary>Notes that something was decided, and takes a snapshot when one is due.</summary>
    /// <param name="image">What is decided now.</param>
    /// <param name="bytes">How much longer the log is.</param>
    public void Follow(ClusterImage image, long bytes)
    {
        ArgumentNullException.ThrowIfNull(image);
        var terms = settings();
        lock (_gate)
        {
            _bytes += bytes;
            var isDue = _bytes >= terms.RecordBytesMax || (terms.Interval > TimeSpan.Zero && clock.GetElapsedTime(_since) >= terms.Interval);
            if (!isDue || !_running.IsCompleted || _isStopped)
            {
                return;
            }

            _bytes = 0;
            _since = clock.GetTimestamp();
            var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
            _running = Task.Run(() => Write(image, now));
        }
    }

    /// <summary>Takes no more snapshots, and waits for the one that is being written.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopped = true;
        }

        await _running;
    }

    private void Write(ClusterImage image, long timestamp)
    {
        try
        {
            var level = image.Features.MetadataVersion;
            log.WriteSnapshot(image.Position, timestamp, image.ToRecords().Select(record => (ReadOnlyMemory<byte>)MetadataRecordCodec.Encode(record, level)));
        }
        catch (Exception failure)
        {
            // Whatever it was, the log has all that the snapshot would have had, and deciding goes on.
            onFailure(failure);
        }
    }
}
