namespace Spate.Broker.Network;

/// <summary>
/// The requests in flight on one connection, in the order in which they came. The read loop adds, the pump that sends takes from the front;
/// the pump runs only while there is something to send. All members may be called from both sides.
/// </summary>
internal sealed class ReplyQueue(ConnectionLimits limits, InFlightMemory inFlight, ReplyHolder holder)
{
    private const int InitialSlots = 4;

    private readonly Lock _gate = new();
    private PendingReply[] _slots = [];
    private TaskCompletionSource? _room;
    private TaskCompletionSource? _stopped;
    private int _first;
    private int _count;
    private int _taken;
    private int _takenBytes;
    private int _takenReplyBytes;
    private long _bytesHeld;
    private bool _isLarge;
    private bool _pumping;
    private bool _failed;

    /// <summary>Requests in flight: those whose reply has not been handed to the transport.</summary>
    public int InFlight
    {
        get
        {
            lock (_gate)
            {
                return _count + _taken;
            }
        }
    }

    /// <summary>Whether another request may be dispatched.</summary>
    public bool HasRoom
    {
        get
        {
            lock (_gate)
            {
                return HasRoomNow;
            }
        }
    }

    /// <summary>Whether another reply could follow at once.</summary>
    public bool NextIsReady
    {
        get
        {
            lock (_gate)
            {
                return _count > 0 && _slots[_first].IsReady;
            }
        }
    }

    /// <summary>One request is always allowed, so nobody waits for what another connection holds.</summary>
    private bool HasRoomNow =>
        _failed
        || _count + _taken == 0
        || (_count + _taken < limits.RequestsInFlightMax && _bytesHeld < limits.ReplyBytesQueuedMax && !inFlight.IsFull);

    /// <summary>Adds a request behind the others and takes stock of which replies are there already.</summary>
    public void Add(PendingReply reply)
    {
        lock (_gate)
        {
            if (_count == _slots.Length)
            {
                Enlarge();
            }

            _slots[(_first + _count) % _slots.Length] = reply;
            _count++;
            inFlight.Add(reply.BytesInFlight);
            SettleReady();
        }

        inFlight.Relieve();
    }

    /// <summary>Waits until another request may be dispatched, or the pump has failed.</summary>
    public Task WaitForRoomAsync(CancellationToken closed)
    {
        lock (_gate)
        {
            if (HasRoomNow)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task.WaitAsync(closed);
        }
    }

    /// <summary>Claims the role of the pump. False when there is nothing to do or the pump runs already.</summary>
    public bool TryStartPump()
    {
        lock (_gate)
        {
            if (_pumping || _failed || _count == 0)
            {
                return false;
            }

            return _pumping = true;
        }
    }

    /// <summary>Gives up the role of the pump, unless more has come.</summary>
    public bool TryStopPump()
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                return false;
            }

            _pumping = false;
            _stopped?.TrySetResult();
            return true;
        }
    }

    /// <summary>Gives up the role of the pump for good: nothing can be sent any more.</summary>
    public void FailPump()
    {
        lock (_gate)
        {
            _failed = true;
            _pumping = false;
            _room?.TrySetResult();
            _stopped?.TrySetResult();
        }
    }

    /// <summary>Completes when the pump is not running: everything was sent, or nothing will be.</summary>
    public Task WhenPumpStops()
    {
        lock (_gate)
        {
            if (!_pumping)
            {
                return Task.CompletedTask;
            }

            _stopped ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _stopped.Task;
        }
    }

    /// <summary>Takes the first request. It stays in flight until <see cref="Finish"/>.</summary>
    public bool TryTake(out PendingReply reply)
    {
        lock (_gate)
        {
            if (_count == 0)
            {
                reply = default;
                return false;
            }

            reply = _slots[_first];
            _slots[_first] = default;
            _first = (_first + 1) % _slots.Length;
            _count--;
            _taken = 1;
            _takenBytes = reply.BytesInFlight;
            _takenReplyBytes = 0;
            return true;
        }
    }

    /// <summary>Notes that the request that was taken is done and what its reply holds while it is sent, and takes stock of those behind it.</summary>
    public void Sending(int bytesHeld)
    {
        lock (_gate)
        {
            inFlight.Add(bytesHeld - _takenBytes);
            _takenBytes = bytesHeld;
            _takenReplyBytes = bytesHeld;
            SettleReady();
        }

        inFlight.Relieve();
    }

    /// <summary>Ends what <see cref="TryTake"/> began: the reply has been dealt with.</summary>
    public void Finish(PendingReply reply)
    {
        lock (_gate)
        {
            _taken = 0;
            inFlight.Add(-_takenBytes);
            _takenBytes = 0;
            _takenReplyBytes = 0;
            _bytesHeld -= reply.BytesHeld;
            NoteReplies();
            if (_room is not null && HasRoomNow)
            {
                _room.SetResult();
                _room = null;
            }
        }
    }

    private void SettleReady()
    {
        var added = 0L;
        for (var i = 0; i < _count; i++)
        {
            ref var slot = ref _slots[(_first + i) % _slots.Length];
            var (before, inFlightBefore) = (slot.BytesHeld, slot.BytesInFlight);
            slot.Settle();
            _bytesHeld += slot.BytesHeld - before;
            added += slot.BytesInFlight - inFlightBefore;
        }

        inFlight.Add(added);
        NoteReplies();
    }

    /// <summary>Most connections never hold so much that anybody has to know.</summary>
    private void NoteReplies()
    {
        var bytes = _bytesHeld + _takenReplyBytes;
        if (_isLarge || bytes >= InFlightMemory.LargeBytes)
        {
            inFlight.Note(holder, bytes);
            _isLarge = bytes >= InFlightMemory.LargeBytes;
        }
    }

    private void Enlarge()
    {
        var slots = new PendingReply[Math.Max(InitialSlots, _slots.Length * 2)];
        for (var i = 0; i < _count; i++)
        {
            slots[i] = _slots[(_first + i) % _slots.Length];
        }

        _slots = slots;
        _first = 0;
    }
}
