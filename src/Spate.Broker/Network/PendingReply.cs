namespace Spate.Broker.Network;

/// <summary>A request that was dispatched and whose reply has not left. A task is consumed once: either it is asked or the settled frame is.</summary>
internal struct PendingReply(RequestFrame request, ValueTask<OutgoingFrame?> task)
{
    private readonly ValueTask<OutgoingFrame?> _task = task;
    private OutgoingFrame? _frame;
    private bool _isSettled;

    /// <summary>Whether <see cref="TakeAsync"/> would complete at once.</summary>
    public readonly bool IsReady => _isSettled || _task.IsCompleted;

    /// <summary>Bytes that a settled reply holds in memory.</summary>
    public readonly int BytesHeld => _frame?.BytesHeld ?? 0;

    /// <summary>Bytes that the request, or its reply once it has settled, takes of <see cref="InFlightMemory"/>.</summary>
    public readonly int BytesInFlight => _isSettled ? BytesHeld : request.BytesInFlight;

    /// <summary>Whether the reply has been taken in.</summary>
    public readonly bool IsSettled => _isSettled;

    /// <summary>
    /// If the reply is there, takes it in and lets the request's memory go, though its turn to be sent has not come. A failure is left for
    /// its turn.
    /// </summary>
    public void Settle()
    {
        if (!_isSettled && _task.IsCompletedSuccessfully)
        {
            _frame = _task.Result;
            _isSettled = true;
            request.Dispose();
        }
    }

    /// <summary>Waits for the reply. The request's memory is let go in any case.</summary>
    public readonly async ValueTask<OutgoingFrame?> TakeAsync()
    {
        try
        {
            return _isSettled ? _frame : await _task;
        }
        finally
        {
            request.Dispose();
        }
    }
}
