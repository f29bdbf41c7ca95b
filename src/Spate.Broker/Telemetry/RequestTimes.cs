namespace Spate.Broker.Telemetry;

/// <summary>
/// The way of one request through the broker, stage by stage, for the figures of its API. One object for each request, passed on with it; used
/// by one thread at a time.
/// </summary>
internal sealed class RequestTimes
{
    private readonly RequestTypeMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly long _receivedAt;
    private long _since;
    private bool _isWaiting;

    /// <param name="metrics">Where it is recorded.</param>
    /// <param name="clock">Measures it.</param>
    /// <param name="receivedAt">When the request's last byte had come, by the clock's timestamps; 0 where nobody looked, which is now.</param>
    public RequestTimes(RequestTypeMetrics metrics, TimeProvider clock, long receivedAt)
    {
        _metrics = metrics;
        _clock = clock;
        _since = clock.GetTimestamp();
        _receivedAt = receivedAt == 0 ? _since : receivedAt;
        metrics.RequestQueue.Record(Microseconds(_receivedAt, _since), _since);
    }

    /// <summary>The handler has returned and waits for something.</summary>
    public void Waits()
    {
        EndStage(_metrics.Local);
        _isWaiting = true;
        _metrics.WaitBegan();
    }

    /// <summary>The wait is over, though with a failure: nobody waits any more.</summary>
    public void Failed()
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _metrics.WaitEnded();
        }
    }

    /// <summary>The reply is there.</summary>
    /// <param name="bytes">Its length; null where the client expects none, and the request's way ends here.</param>
    public void Answered(int? bytes)
    {
        if (_isWaiting)
        {
            _isWaiting = false;
            _metrics.WaitEnded();
            EndStage(_metrics.Remote);
        }
        else
        {
            EndStage(_metrics.Local);
            _metrics.Remote.Record(0, _since);
        }

        if (bytes is { } length)
        {
            _metrics.ResponseBytes.Record(length, _since);
        }
        else
        {
            _metrics.Total.Record(Microseconds(_receivedAt, _since), _since);
        }
    }

    /// <summary>It is the reply's turn to be sent.</summary>
    public void Taken() => EndStage(_metrics.ResponseQueue);

    /// <summary>The reply has been handed to the transport.</summary>
    public void Sent()
    {
        EndStage(_metrics.ResponseSend);
        _metrics.Total.Record(Microseconds(_receivedAt, _since), _since);
    }

    private void EndStage(DecayingHistogram stage)
    {
        var now = _clock.GetTimestamp();
        stage.Record(Microseconds(_since, now), now);
        _since = now;
    }

    private long Microseconds(long from, long to) => _clock.GetElapsedTime(from, to).Ticks / TimeSpan.TicksPerMicrosecond;
}
