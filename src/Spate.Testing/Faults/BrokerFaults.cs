using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Testing.Faults;

/// <summary>
/// Faults on demand: what a network and a broker in trouble do to clients, at the request that a test chooses. Each is ordered beforehand, befalls
/// the next requests that fit its <see cref="FaultScope"/>, and can be waited for and ended by the <see cref="Fault"/> that comes back. Where
/// several fit a request, the one that was ordered first has it. Faults outlive restarts of the broker. Safe for use by several threads at once.
/// <code>
/// using var lost = broker.Faults.Break(ApiKey.Produce, BreakPoint.AfterWork);      // the records are stored, and the client is not told
/// </code>
/// </summary>
public sealed class BrokerFaults
{
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private Fault[] _faults = [];

    internal BrokerFaults(TimeProvider clock) => _clock = clock;

    /// <summary>Whether requests of an API have to be looked at.</summary>
    internal bool MayBefall(ApiKey api) => Array.Exists(Volatile.Read(ref _faults), fault => fault.ApiKey == api && !fault.IsOver);

    /// <summary>
    /// Answers with an error, for every item that is asked for, and does nothing of it. A producer that expects no answer (<c>acks=0</c>) has its
    /// connection closed, as by a broker that refuses.
    /// </summary>
    /// <param name="api">The API.</param>
    /// <param name="error">The error, which should be one that the API knows.</param>
    /// <param name="scope">Which of its requests; the next one when null.</param>
    /// <exception cref="ArgumentException">The API's answers bear no error of this kind; <see cref="Break"/> and <see cref="Drop"/> are for every API.</exception>
    public Fault Refuse(ApiKey api, ErrorCode error, FaultScope? scope = null) =>
        RefusedReplies.AreFor(api)
            ? Order(api, new RefuseAction(error), scope)
            : throw new ArgumentException($"A refusal of {api} is not known here; break or drop it instead.", nameof(api));

    /// <summary>
    /// Does what is asked in its turn, and holds the reply back, with all replies behind it on the connection. The time is that of
    /// <see cref="EmbeddedBrokerOptions.TimeProvider"/>.
    /// </summary>
    /// <param name="api">The API.</param>
    /// <param name="time">How long; <see cref="Timeout.InfiniteTimeSpan"/> until the fault is disposed.</param>
    /// <param name="scope">Which of its requests; the next one when null.</param>
    public Fault Delay(ApiKey api, TimeSpan time, FaultScope? scope = null)
    {
        if (time != Timeout.InfiniteTimeSpan)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        }

        return Order(api, new DelayAction(time, _clock), scope);
    }

    /// <summary>Never answers, nor does what is asked; requests behind it on the same connection are not answered either. The client has to give up by its own time.</summary>
    /// <param name="api">The API.</param>
    /// <param name="scope">Which of its requests; the next one when null.</param>
    public Fault Drop(ApiKey api, FaultScope? scope = null) => Order(api, new DropAction(), scope);

    /// <summary>Closes the client's connection. Replies to requests before it on the connection leave first.</summary>
    /// <param name="api">The API.</param>
    /// <param name="point">Before or after what was asked is done, or within the reply.</param>
    /// <param name="scope">Which of its requests; the next one when null.</param>
    public Fault Break(ApiKey api, BreakPoint point, FaultScope? scope = null) =>
        Enum.IsDefined(point)
            ? Order(api, new BreakAction(point), scope)
            : throw new ArgumentOutOfRangeException(nameof(point), point, "There is no such point.");

    /// <summary>Ends all faults, as <see cref="Fault.Dispose"/> does each.</summary>
    public void Clear()
    {
        Fault[] faults;
        lock (_gate)
        {
            faults = _faults;
            Volatile.Write(ref _faults, []);
        }

        foreach (var fault in faults)
        {
            fault.Dispose();
        }
    }

    internal Fault? Find(FaultedRequest request) => Array.Find(Volatile.Read(ref _faults), fault => fault.Takes(request));

    private Fault Order(ApiKey api, FaultAction action, FaultScope? scope)
    {
        var fault = new Fault(api, (scope ?? new FaultScope()).Validated(), action);
        lock (_gate)
        {
            // Those that were ended are forgotten; one that is only used up may still hold replies back.
            Volatile.Write(ref _faults, [.. _faults.Where(other => !other.IsLifted), fault]);
        }

        return fault;
    }
}
