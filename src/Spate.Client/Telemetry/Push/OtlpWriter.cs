using Google.Protobuf;

namespace Spate.Client.Telemetry.Push;

/// <summary>Writes values as an OTLP <c>MetricsData</c> message (opentelemetry-proto, metrics/v1): gauges and monotonic sums with one point each, of one resource and scope.</summary>
internal static class OtlpWriter
{
    private const int DeltaTemporality = 1;
    private const int CumulativeTemporality = 2;

    // MetricsData.resource_metrics, ResourceMetrics.scope_metrics, ScopeMetrics.scope and .metrics, InstrumentationScope.name.
    private const int ResourceMetrics = 1;
    private const int ScopeMetrics = 2;
    private const int Scope = 1;
    private const int ScopeName = 1;
    private const int Metrics = 2;

    // Metric.name, .gauge and .sum; Gauge.data_points and Sum.data_points, Sum.aggregation_temporality and .is_monotonic.
    private const int Name = 1;
    private const int Gauge = 5;
    private const int Sum = 7;
    private const int Points = 1;
    private const int Temporality = 2;
    private const int IsMonotonic = 3;

    // NumberDataPoint.start_time_unix_nano, .time_unix_nano, .as_double and .attributes; KeyValue.key and .value; AnyValue.string_value.
    private const int StartTime = 2;
    private const int Time = 3;
    private const int AsDouble = 4;
    private const int Attributes = 7;
    private const int Key = 1;
    private const int Value = 2;
    private const int StringValue = 1;

    /// <param name="metrics">The values.</param>
    /// <param name="start">When sums began to be counted.</param>
    /// <param name="now">When they were taken.</param>
    /// <param name="isDelta">Whether sums count from the last push, and not from the client's beginning.</param>
    public static byte[] Write(IReadOnlyList<PushedMetric> metrics, DateTimeOffset start, DateTimeOffset now, bool isDelta)
    {
        var scope = Message(output =>
        {
            Put(output, Scope, Message(static inner => Put(inner, ScopeName, ClientDiagnostics.Name)));
            foreach (var metric in metrics)
            {
                Put(output, Metrics, Of(metric, start, now, isDelta));
            }
        });
        return Message(output => Put(output, ResourceMetrics, Message(resource => Put(resource, ScopeMetrics, scope))));
    }

    private static byte[] Of(PushedMetric metric, DateTimeOffset start, DateTimeOffset now, bool isDelta)
    {
        var point = Message(output =>
        {
            if (metric.IsSum)
            {
                PutFixed(output, StartTime, start);
            }

            PutFixed(output, Time, now);
            output.WriteTag(AsDouble, WireFormat.WireType.Fixed64);
            output.WriteDouble(metric.Value);
            if (metric.Label is { } label)
            {
                Put(output, Attributes, Message(inner =>
                {
                    Put(inner, Key, label.Name);
                    Put(inner, Value, Message(value => Put(value, StringValue, label.Value)));
                }));
            }
        });
        return Message(output =>
        {
            Put(output, Name, metric.Name);
            Put(output, metric.IsSum ? Sum : Gauge, Message(data =>
            {
                Put(data, Points, point);
                if (metric.IsSum)
                {
                    data.WriteTag(Temporality, WireFormat.WireType.Varint);
                    data.WriteEnum(isDelta ? DeltaTemporality : CumulativeTemporality);
                    data.WriteTag(IsMonotonic, WireFormat.WireType.Varint);
                    data.WriteBool(true);
                }
            }));
        });
    }

    /// <summary>The length of a message stands before it, so that inner ones are written first.</summary>
    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            write(output);
        }

        return bytes.ToArray();
    }

    private static void Put(CodedOutputStream output, int field, byte[] message)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static void Put(CodedOutputStream output, int field, string text)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }

    private static void PutFixed(CodedOutputStream output, int field, DateTimeOffset time)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteFixed64((ulong)(time - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
    }
}
