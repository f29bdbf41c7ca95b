using System.Diagnostics;
using System.Text;
using Spate.Protocol.Records;

namespace Spate.Client.Telemetry;

/// <summary>The context of a trace as it stands in a record's headers, by whatever names <see cref="DistributedContextPropagator.Current"/> goes by (W3C's unless the program says otherwise).</summary>
internal static class TraceContext
{
    private static readonly DistributedContextPropagator.PropagatorGetterCallback Getter = Get;

    /// <summary>Whose record it is; false when the headers say nothing, or something that is no context.</summary>
    public static bool TryRead(IReadOnlyList<RecordHeader> headers, out ActivityContext context)
    {
        context = default;
        if (headers.Count == 0)
        {
            return false;
        }

        DistributedContextPropagator.Current.ExtractTraceIdAndState(headers, Getter, out var parent, out var state);
        return ActivityContext.TryParse(parent, state, isRemote: true, out context);
    }

    /// <summary>Gives an activity what the headers carry along.</summary>
    public static void ReadBaggage(IReadOnlyList<RecordHeader> headers, Activity activity)
    {
        if (headers.Count > 0 && DistributedContextPropagator.Current.ExtractBaggage(headers, Getter) is { } baggage)
        {
            foreach (var (name, value) in baggage)
            {
                activity.AddBaggage(name, value);
            }
        }
    }

    private static void Get(object? carrier, string fieldName, out string? fieldValue, out IEnumerable<string>? fieldValues)
    {
        fieldValue = null;
        fieldValues = null;
        var headers = (IReadOnlyList<RecordHeader>)carrier!;

        // The last of several of one name counts, as for all who ask for one header of Kafka's.
        for (var index = headers.Count - 1; index >= 0; index--)
        {
            if (headers[index].Value is { } value && IsNamed(headers[index].Key.Span, fieldName))
            {
                fieldValue = Encoding.UTF8.GetString(value);
                return;
            }
        }
    }

    private static bool IsNamed(ReadOnlySpan<byte> key, string name)
    {
        if (key.Length != name.Length)
        {
            return false;
        }

        for (var index = 0; index < key.Length; index++)
        {
            if (key[index] != name[index])
            {
                return false;
            }
        }

        return true;
    }
}
