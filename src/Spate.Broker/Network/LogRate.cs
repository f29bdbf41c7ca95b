namespace Spate.Broker.Network;

/// <summary>
/// Lets a log line through once in an interval and counts those that it kept back, for lines that any stranger can cause as often as he
/// likes. Safe for use by many threads.
/// </summary>
internal sealed class LogRate(TimeProvider time, TimeSpan interval)
{
    private readonly Lock _gate = new();
    private long _lastAt;
    private long _kept;
    private bool _hasPassed;

    /// <summary>Whether the line may be written now.</summary>
    /// <param name="kept">How many were kept back since the last that was written.</param>
    public bool TryPass(out long kept)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            if (_hasPassed && time.GetElapsedTime(_lastAt, now) < interval)
            {
                kept = ++_kept;
                return false;
            }

            kept = _kept;
            _kept = 0;
            _lastAt = now;
            return _hasPassed = true;
        }
    }
}
