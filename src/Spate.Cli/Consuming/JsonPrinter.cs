using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Spate.Cli.Output;
using Spate.Cli.Records;

namespace Spate.Cli.Consuming;

/// <summary>A JSON object on a line for each record, which <c>spate produce --records</c> takes.</summary>
internal sealed class JsonPrinter(PartFormat keyFormat, PartFormat valueFormat) : IRecordPrinter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Print(ReadRecord record, IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, Options);
        json.WriteStartObject();
        json.WriteString("topic", record.Partition.Topic);
        json.WriteNumber("partition", record.Partition.Partition);
        json.WriteNumber("offset", record.Offset);
        json.WritePropertyName("time");
        if (record.TimestampMs < 0)
        {
            json.WriteNullValue();
        }
        else
        {
            json.WriteStringValue(Wording.Exact(record.Timestamp));
        }

        WritePart(json, "key", record.Key, keyFormat);
        WritePart(json, "value", record.Value, valueFormat);
        json.WriteStartArray("headers");
        foreach (var header in record.Headers)
        {
            json.WriteStartObject();
            json.WriteString("key", header.Key.Span);
            WritePart(json, "value", header.Value, valueFormat == PartFormat.Json ? PartFormat.Text : valueFormat);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.Write("\n"u8);
    }

    private static void WritePart(Utf8JsonWriter json, string name, byte[]? part, PartFormat format)
    {
        json.WritePropertyName(name);
        switch (part)
        {
            case null:
                json.WriteNullValue();
                break;

            // What is no JSON stands there as a text, so that the line is JSON in any case.
            case { } value when format == PartFormat.Json && PartCodec.JsonFault(value) is null:
                json.WriteRawValue(value, skipInputValidation: true);
                break;
            case var value:
                json.WriteStringValue(PartCodec.EncodeText(value, format));
                break;
        }
    }
}
