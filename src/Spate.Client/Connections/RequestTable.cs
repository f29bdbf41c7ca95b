using Spate.Protocol.Wire;

namespace Spate.Client.Connections;

/// <summary>
/// The requests of one connection: what is to be written and what will be answered, each in the order of the calls, and what is held back while the client proves who it is.
/// Under the gate of its connection.
/// </summary>
internal sealed class RequestTable
{
    private readonly Queue<OutgoingRequest> _outgoing = new();
    private readonly Queue<PendingReply> _inFlight = new();
    private readonly Queue<OutgoingRequest> _held = new();
    private bool _isHolding;

    /// <summary>Requests that are not answered yet.</summary>
    public int InFlight => _inFlight.Count + _held.Count;

    /// <summary>Whose reply comes next, and stays so; null when nobody waits.</summary>
    public PendingReply? OldestInFlight => _inFlight.TryPeek(out var oldest) ? oldest : null;

    public void Add(MessageWriter writer, PendingReply pending)
    {
        if (_isHolding && !pending.IsForAuthentication)
        {
            _held.Enqueue(new OutgoingRequest(writer, pending));
            return;
        }

        _outgoing.Enqueue(new OutgoingRequest(writer, pending));
        if (pending.ExpectsReply)
        {
            _inFlight.Enqueue(pending);
        }
    }

    /// <summary>Holds back what is added from now on, but for the authentication itself.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Lets go of what was held back.</summary>
    public void LetGo()
    {
        _isHolding = false;
        while (_held.TryDequeue(out var held))
        {
            Add(held.Writer, held.Pending);
        }
    }

    /// <summary>What is to be written next, if there is anything.</summary>
    public bool TryTakeOutgoing(out OutgoingRequest next) => _outgoing.TryDequeue(out next);

    /// <summary>Whose reply comes next; null when nobody waits.</summary>
    public PendingReply? TakeInFlight() => _inFlight.TryDequeue(out var pending) ? pending : null;

    /// <summary>The earliest time at which one of them has taken too long, if that is before <paramref name="due"/>.</summary>
    public long EarliestDeadline(long due)
    {
        foreach (var pending in _inFlight)
        {
            due = Math.Min(due, pending.Deadline);
        }

        foreach (var outgoing in _outgoing)
        {
            due = Math.Min(due, outgoing.Pending.Deadline);
        }

        foreach (var held in _held)
        {
            due = Math.Min(due, held.Pending.Deadline);
        }

        return due;
    }

    /// <summary>One that has taken too long, if any has.</summary>
    public PendingReply? FindLate(long now) =>
        _inFlight.FirstOrDefault(pending => pending.Deadline <= now)
        ?? _outgoing.FirstOrDefault(outgoing => outgoing.Pending.Deadline <= now).Pending
        ?? _held.FirstOrDefault(held => held.Pending.Deadline <= now).Pending;

    /// <summary>Takes one out that will come to nothing, until there is none.</summary>
    /// <param name="writer">Its bytes, if they were not written yet.</param>
    /// <param name="pending">Who waits; null when the bytes have been given back and somebody else has the waiter.</param>
    public bool TryTakeAny(out MessageWriter? writer, out PendingReply? pending)
    {
        writer = null;
        if (_outgoing.TryDequeue(out var outgoing))
        {
            writer = outgoing.Writer;
            pending = outgoing.Pending.ExpectsReply ? null : outgoing.Pending;
            return true;
        }

        if (_held.TryDequeue(out var held))
        {
            (writer, pending) = (held.Writer, held.Pending);
            return true;
        }

        return _inFlight.TryDequeue(out pending);
    }
}
