using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Broker.Telemetry;

/// <summary>
/// The figures of the requests of one API. Found once for each request by the API's key, in an array; everything in here is of a bounded size
/// and counted by interlocked additions. Safe for use by several threads at once.
/// </summary>
public sealed class RequestTypeMetrics : IErrorTally
{
    // UNKNOWN_SERVER_ERROR is -1, and NONE is 0.
    private const int ErrorOffset = 1;
    private const double MillisecondsOfMicroseconds = 0.001;
    private static readonly int ErrorSlots = (int)Enum.GetValues<ErrorCode>().Max() + ErrorOffset + 1;

    private readonly long[] _byVersion;
    private readonly long[] _byError = new long[ErrorSlots];
    private long _waiting;

    internal RequestTypeMetrics(ApiKey key, TimeProvider clock)
    {
        Key = key;
        Name = key.ToString();
        _byVersion = new long[ApiCatalog.Get(key).HighestVersion + 1];
        Total = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        RequestQueue = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        Local = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        Remote = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        ResponseQueue = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        ResponseSend = new DecayingHistogram(clock, MillisecondsOfMicroseconds);
        RequestBytes = new DecayingHistogram(clock);
        ResponseBytes = new DecayingHistogram(clock);
    }

    public ApiKey Key { get; }

    /// <summary>The API's name, as Kafka writes it.</summary>
    public string Name { get; }

    /// <summary>From the arrival of the request to the departure of the reply, in milliseconds.</summary>
    public DecayingHistogram Total { get; }

    /// <summary>From the arrival to the handler: behind other requests of the same connection, or for want of memory.</summary>
    public DecayingHistogram RequestQueue { get; }

    /// <summary>In the handler, until it waits for something or has answered.</summary>
    public DecayingHistogram Local { get; }

    /// <summary>Waiting: for records, for the disk, for members of a group.</summary>
    public DecayingHistogram Remote { get; }

    /// <summary>From the answer to its turn: behind replies to earlier requests.</summary>
    public DecayingHistogram ResponseQueue { get; }

    /// <summary>From its turn until the reply is handed to the transport.</summary>
    public DecayingHistogram ResponseSend { get; }

    /// <summary>Bytes of a request, header included.</summary>
    public DecayingHistogram RequestBytes { get; }

    /// <summary>Bytes of a reply as it goes over the wire.</summary>
    public DecayingHistogram ResponseBytes { get; }

    /// <summary>Requests whose handler waits, now.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Requests so far in a version.</summary>
    public long OfVersion(short version) => Volatile.Read(ref _byVersion[version]);

    /// <summary>Error codes so far in replies; a reply bears as many as it has places for them.</summary>
    public long OfError(ErrorCode error) => Volatile.Read(ref _byError[(int)error + ErrorOffset]);

    /// <summary>The versions that were asked for, with how often.</summary>
    public IEnumerable<(short Version, long Count)> Versions()
    {
        for (short version = 0; version < _byVersion.Length; version++)
        {
            if (OfVersion(version) is > 0 and var count)
            {
                yield return (version, count);
            }
        }
    }

    /// <summary>The error codes that were answered, with how often.</summary>
    public IEnumerable<(ErrorCode Error, long Count)> Errors()
    {
        for (var slot = 0; slot < _byError.Length; slot++)
        {
            if (Volatile.Read(ref _byError[slot]) is > 0 and var count)
            {
                yield return ((ErrorCode)(slot - ErrorOffset), count);
            }
        }
    }

    /// <inheritdoc/>
    public void Add(ErrorCode error)
    {
        var slot = (int)error + ErrorOffset;
        if ((uint)slot < (uint)_byError.Length)
        {
            Interlocked.Increment(ref _byError[slot]);
        }
    }

    internal void Began(short version) => Interlocked.Increment(ref _byVersion[version]);

    internal void WaitBegan() => Interlocked.Increment(ref _waiting);

    internal void WaitEnded() => Interlocked.Decrement(ref _waiting);
}
