using System.Buffers;
using System.Globalization;
using System.Text;
using Spate.Cli.Output;
using Spate.Cli.Records;

namespace Spate.Cli.Consuming;

/// <summary>Records as a template of the user's has them. Nothing is put between them that the template does not have.</summary>
internal sealed class TemplatePrinter(Template template, PartFormat keyFormat, PartFormat valueFormat, string nothing) : IRecordPrinter
{
    public const string Fields = "%{topic}, %{partition}, %{offset}, %{key}, %{value}, %{time}, %{timestamp} (in milliseconds), %{headers} and %{header:name}";

    private const string HeaderPrefix = "header:";

    public static bool IsField(string name) =>
        name is "topic" or "partition" or "offset" or "key" or "value" or "time" or "timestamp" or "headers" || name.StartsWith(HeaderPrefix, StringComparison.Ordinal);

    public void Print(ReadRecord record, IBufferWriter<byte> output)
    {
        foreach (var (isField, text) in template.Parts)
        {
            switch (isField ? text : "")
            {
                case "":
                    Write(text, output);
                    break;
                case "topic":
                    Write(record.Partition.Topic, output);
                    break;
                case "partition":
                    Write(record.Partition.Partition.ToString(CultureInfo.InvariantCulture), output);
                    break;
                case "offset":
                    Write(record.Offset.ToString(CultureInfo.InvariantCulture), output);
                    break;
                case "key":
                    Write(record.Key, keyFormat, output);
                    break;
                case "value":
                    Write(record.Value, valueFormat, output);
                    break;
                case "time":
                    Write(record.TimestampMs < 0 ? nothing : Wording.Exact(record.Timestamp), output);
                    break;
                case "timestamp":
                    Write(record.TimestampMs.ToString(CultureInfo.InvariantCulture), output);
                    break;
                case "headers":
                    Write(string.Join(',', record.Headers.Select(header => $"{Encoding.UTF8.GetString(header.Key.Span)}={TextOf(header.Value)}")), output);
                    break;
                default:
                    var name = text[HeaderPrefix.Length..];
                    Write(TextOf(record.Headers.LastOrDefault(header => Encoding.UTF8.GetString(header.Key.Span) == name).Value), output);
                    break;
            }
        }
    }

    private string TextOf(byte[]? value) => value is null ? nothing : PartCodec.EncodeText(value, valueFormat);

    private void Write(byte[]? part, PartFormat format, IBufferWriter<byte> output)
    {
        if (part is null)
        {
            Write(nothing, output);
        }
        else
        {
            PartCodec.Encode(part, format, output);
        }
    }

    private static void Write(string text, IBufferWriter<byte> output) => Encoding.UTF8.GetBytes(text, output);
}
