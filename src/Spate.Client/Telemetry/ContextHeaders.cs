using System.Diagnostics;
using System.Text;
using Spate.Protocol.Records;

namespace Spate.Client.Telemetry;

/// <summary>A record's headers with the context of a trace behind them. The memory is used again for the next record; one record at a time.</summary>
internal sealed class ContextHeaders
{
    private static readonly DistributedContextPropagator.PropagatorSetterCallback Setter =
        static (carrier, name, value) => ((ContextHeaders)carrier!).Add(name, value);

    private RecordHeader[] _headers = new RecordHeader[4];
    private byte[][] _values = new byte[4][];
    private int _count;
    private int _own;

    /// <summary>The headers that were given, and those of the context; good until the next call.</summary>
    public ReadOnlyMemory<RecordHeader> Write(ReadOnlySpan<RecordHeader> given, Activity context)
    {
        if (_headers.Length < given.Length)
        {
            _headers = new RecordHeader[given.Length + 4];
        }

        given.CopyTo(_headers);
        _count = given.Length;
        _own = 0;
        DistributedContextPropagator.Current.Inject(context, this, Setter);
        return _headers.AsMemory(0, _count);
    }

    /// <summary>Lets go of the caller's headers.</summary>
    public void Clear() => Array.Clear(_headers, 0, _count);

    private static ReadOnlyMemory<byte> KeyOf(string name) => WellKnownNames.TryGetValue(name, out var known) ? known : Encoding.UTF8.GetBytes(name);

    private static readonly Dictionary<string, byte[]> WellKnownNames = new(StringComparer.Ordinal)
    {
        ["traceparent"] = "traceparent"u8.ToArray(),
        ["tracestate"] = "tracestate"u8.ToArray(),
        ["baggage"] = "baggage"u8.ToArray(),
    };

    private void Add(string name, string value)
    {
        if (_count == _headers.Length)
        {
            Array.Resize(ref _headers, _count * 2);
        }

        if (_own == _values.Length)
        {
            Array.Resize(ref _values, _own * 2);
        }

        // A traceparent is always of one length, and so are most states of one vendor's.
        var length = Encoding.UTF8.GetByteCount(value);
        if (_values[_own] is not { } bytes || bytes.Length != length)
        {
            _values[_own] = bytes = new byte[length];
        }

        Encoding.UTF8.GetBytes(value, bytes);
        _headers[_count++] = new RecordHeader(KeyOf(name), bytes);
        _own++;
    }
}
