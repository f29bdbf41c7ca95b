using Google.Protobuf;

namespace Spate.Broker.Tests.Telemetry.Clients;

/// <summary>Writes OTLP messages field by field, as clients send them.</summary>
internal static class Otlp
{
    public static byte[] Metrics(params byte[][] metrics) => Message(output => Block(output, 1, Message(resource =>
    {
        Block(resource, 1, Message(attributes => Block(attributes, 1, Label("client_rack", "r1"))));
        Block(resource, 2, Message(scope => Array.ForEach(metrics, metric => Block(scope, 2, metric))));
    })));

    public static byte[] Gauge(string name, double value, params (string Key, string Value)[] labels) =>
        Metric(name, 5, Message(data => Block(data, 1, Point(labels, point => Double(point, 4, value)))));

    /// <param name="name">The metric's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="temporality">1 for differences, 2 for sums.</param>
    /// <param name="labels">What tells it apart.</param>
    public static byte[] Sum(string name, long value, int temporality, params (string Key, string Value)[] labels) => Metric(name, 7, Message(data =>
    {
        Block(data, 1, Point(labels, point =>
        {
            point.WriteTag(6, WireFormat.WireType.Fixed64);
            point.WriteSFixed64(value);
        }));
        Enumeration(data, 2, temporality);
    }));

    public static byte[] Histogram(string name, ulong count, double sum) => Metric(name, 9, Message(data =>
    {
        Block(data, 1, Message(point =>
        {
            point.WriteTag(4, WireFormat.WireType.Fixed64);
            point.WriteFixed64(count);
            Double(point, 5, sum);
            Block(point, 9, Label("l", "v"));
        }));
        Enumeration(data, 2, 2);
    }));

    public static byte[] Message(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            write(output);
        }

        return stream.ToArray();
    }

    public static void Block(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }

    private static byte[] Metric(string name, int kind, byte[] data) => Message(metric =>
    {
        Block(metric, kind, data);
        metric.WriteTag(1, WireFormat.WireType.LengthDelimited);
        metric.WriteString(name);
        metric.WriteTag(3, WireFormat.WireType.LengthDelimited);
        metric.WriteString("1");
    });

    private static byte[] Point((string Key, string Value)[] labels, Action<CodedOutputStream> value) => Message(point =>
    {
        point.WriteTag(3, WireFormat.WireType.Fixed64);
        point.WriteFixed64(1_800_000_000_000_000_000);
        value(point);
        foreach (var (key, text) in labels)
        {
            Block(point, 7, Label(key, text));
        }
    });

    private static byte[] Label(string key, string value) => Message(label =>
    {
        label.WriteTag(1, WireFormat.WireType.LengthDelimited);
        label.WriteString(key);
        Block(label, 2, Message(any =>
        {
            any.WriteTag(1, WireFormat.WireType.LengthDelimited);
            any.WriteString(value);
        }));
    });

    private static void Double(CodedOutputStream output, int field, double value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteDouble(value);
    }

    private static void Enumeration(CodedOutputStream output, int field, int value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteEnum(value);
    }
}
