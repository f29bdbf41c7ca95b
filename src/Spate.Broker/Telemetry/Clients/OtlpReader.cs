using System.Globalization;
using Google.Protobuf;

namespace Spate.Broker.Telemetry.Clients;

/// <summary>
/// Reads the values out of an OTLP <c>MetricsData</c> message: gauges and sums as they are, count and sum of histograms and summaries. What it
/// does not know it passes over, as protobuf asks. Input that is not such a message throws <see cref="InvalidProtocolBufferException"/>.
/// </summary>
internal sealed class OtlpReader
{
    /// <summary>The most values taken of one push; those behind are only counted.</summary>
    public const int PointsMax = 8192;

    // A field's tag is its number and, in the lowest three bits, how it lies on the wire; one that lies otherwise is not the field.
    private const int NumberShift = 3;
    private const uint Varint = 0;
    private const uint Fixed64 = 1;
    private const uint Block = 2;

    private const int LabelsMax = 16;
    private const int LabelsTextMax = 1024;
    private const int TextMax = 256;
    private const int DeltaTemporality = 1;
    private const ulong NanosecondsInMillisecond = 1_000_000;

    private readonly List<TelemetryPoint> _points = [];

    /// <summary>Values that were read.</summary>
    public IReadOnlyList<TelemetryPoint> Points => _points;

    /// <summary>Values that were left out: too many, or with a name or labels that are longer than is kept.</summary>
    public int Dropped { get; private set; }

    /// <exception cref="InvalidProtocolBufferException">The bytes are no such message.</exception>
    public void Read(ReadOnlySpan<byte> message) => Each(ByteString.CopyFrom(message), (field, input) =>
    {
        if (field == ((1 << NumberShift) | Block))
        {
            ReadResource(input.ReadBytes());
            return true;
        }

        return false;
    });

    private static string Cut(string text) => text.Length <= TextMax ? text : text[..TextMax];

    /// <summary>Goes through the fields of a message; whoever takes a field says so, and the others are passed over.</summary>
    private static void Each(ByteString message, Func<uint, CodedInputStream, bool> take)
    {
        using var input = message.CreateCodedInput();
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (!take(tag, input))
            {
                input.SkipLastField();
            }
        }
    }

    private static (string Key, string Value) ReadLabel(ByteString message)
    {
        var (key, value) = ("", "");
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case (1 << NumberShift) | Block:
                    key = Cut(input.ReadString());
                    return true;
                case (2 << NumberShift) | Block:
                    value = Cut(ReadAny(input.ReadBytes()));
                    return true;
                default:
                    return false;
            }
        });
        return (key, value);
    }

    /// <summary>A label's value as text; lists and bytes say nothing that a figure is told apart by.</summary>
    private static string ReadAny(ByteString message)
    {
        var text = "";
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case (1 << NumberShift) | Block:
                    text = input.ReadString();
                    return true;
                case (2 << NumberShift) | Varint:
                    text = input.ReadBool() ? "true" : "false";
                    return true;
                case (3 << NumberShift) | Varint:
                    text = input.ReadInt64().ToString(CultureInfo.InvariantCulture);
                    return true;
                case (4 << NumberShift) | Fixed64:
                    text = input.ReadDouble().ToString("R", CultureInfo.InvariantCulture);
                    return true;
                default:
                    return false;
            }
        });
        return text;
    }

    private void ReadResource(ByteString resource)
    {
        // A field may come before or after those that it holds for, so the resource's own labels are looked for first.
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Each(resource, (field, input) => field == ((1 << NumberShift) | Block) && AddLabels(input.ReadBytes(), labels));
        Each(resource, (field, input) =>
        {
            if (field != ((2 << NumberShift) | Block))
            {
                return false;
            }

            Each(input.ReadBytes(), (inner, scope) => inner == ((2 << NumberShift) | Block) && ReadMetric(scope.ReadBytes(), labels));
            return true;
        });
    }

    private static bool AddLabels(ByteString message, SortedDictionary<string, string> labels)
    {
        Each(message, (field, input) =>
        {
            if (field != ((1 << NumberShift) | Block))
            {
                return false;
            }

            AddLabel(input.ReadBytes(), labels);
            return true;
        });
        return true;
    }

    private static void AddLabel(ByteString message, SortedDictionary<string, string> labels)
    {
        var (key, value) = ReadLabel(message);
        if (labels.Count < LabelsMax || labels.ContainsKey(key))
        {
            labels[key] = value;
        }
    }

    private bool ReadMetric(ByteString metric, SortedDictionary<string, string> labels)
    {
        var name = "";
        Each(metric, (field, input) =>
        {
            if (field == ((1 << NumberShift) | Block))
            {
                name = input.ReadString();
                return true;
            }

            return false;
        });
        Each(metric, (field, input) =>
        {
            switch (field)
            {
                case (5 << NumberShift) | Block:
                    ReadNumbers(input.ReadBytes(), name, labels, isSum: false);
                    return true;
                case (7 << NumberShift) | Block:
                    ReadNumbers(input.ReadBytes(), name, labels, isSum: true);
                    return true;
                case (9 << NumberShift) | Block:
                    ReadSpread(input.ReadBytes(), name, labels, labelTag: (9 << NumberShift) | Block);
                    return true;
                case (10 << NumberShift) | Block:
                    ReadSpread(input.ReadBytes(), name, labels, labelTag: (1 << NumberShift) | Block);
                    return true;
                case (11 << NumberShift) | Block:
                    ReadSpread(input.ReadBytes(), name, labels, labelTag: (7 << NumberShift) | Block);
                    return true;
                default:
                    return false;
            }
        });
        return true;
    }

    private static bool IsDelta(ByteString data)
    {
        var temporality = 0;
        Each(data, (field, input) =>
        {
            if (field == ((2 << NumberShift) | Varint))
            {
                temporality = input.ReadEnum();
                return true;
            }

            return false;
        });
        return temporality == DeltaTemporality;
    }

    /// <summary>A Gauge or a Sum.</summary>
    private void ReadNumbers(ByteString data, string name, SortedDictionary<string, string> labels, bool isSum)
    {
        var isDelta = isSum && IsDelta(data);
        Each(data, (field, input) =>
        {
            if (field != ((1 << NumberShift) | Block))
            {
                return false;
            }

            var own = new SortedDictionary<string, string>(labels, StringComparer.Ordinal);
            var (value, time) = (0.0, 0UL);
            Each(input.ReadBytes(), (inner, point) =>
            {
                switch (inner)
                {
                    case (3 << NumberShift) | Fixed64:
                        time = point.ReadFixed64();
                        return true;
                    case (4 << NumberShift) | Fixed64:
                        value = point.ReadDouble();
                        return true;
                    case (6 << NumberShift) | Fixed64:
                        value = point.ReadSFixed64();
                        return true;
                    case (7 << NumberShift) | Block:
                        AddLabel(point.ReadBytes(), own);
                        return true;
                    default:
                        return false;
                }
            });
            Add(name, own, value, isSum, isDelta, time);
            return true;
        });
    }

    /// <summary>A Histogram, an ExponentialHistogram or a Summary, which differ in where their points have labels.</summary>
    private void ReadSpread(ByteString data, string name, SortedDictionary<string, string> labels, uint labelTag)
    {
        var isDelta = IsDelta(data);
        Each(data, (field, input) =>
        {
            if (field != ((1 << NumberShift) | Block))
            {
                return false;
            }

            var own = new SortedDictionary<string, string>(labels, StringComparer.Ordinal);
            var (count, sum, time) = (0UL, 0.0, 0UL);
            Each(input.ReadBytes(), (inner, point) =>
            {
                switch (inner)
                {
                    case (3 << NumberShift) | Fixed64:
                        time = point.ReadFixed64();
                        return true;
                    case (4 << NumberShift) | Fixed64:
                        count = point.ReadFixed64();
                        return true;
                    case (5 << NumberShift) | Fixed64:
                        sum = point.ReadDouble();
                        return true;
                    default:
                        if (inner == labelTag)
                        {
                            AddLabel(point.ReadBytes(), own);
                        }

                        return inner == labelTag;
                }
            });
            Add($"{name}.count", own, count, isSum: true, isDelta, time);
            Add($"{name}.sum", own, sum, isSum: true, isDelta, time);
            return true;
        });
    }

    private void Add(string name, SortedDictionary<string, string> labels, double value, bool isSum, bool isDelta, ulong nanoseconds)
    {
        if (_points.Count == PointsMax || name.Length > TextMax || labels.Sum(label => label.Key.Length + label.Value.Length) > LabelsTextMax)
        {
            Dropped++;
            return;
        }

        var key = new TelemetryKey(name, string.Join(',', labels.Select(label => $"{label.Key}={label.Value}")));
        _points.Add(new TelemetryPoint(key, value, isSum, isDelta, (long)(nanoseconds / NanosecondsInMillisecond)));
    }
}
