using System.Collections;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spate.Cli.Output;

/// <summary>Writes a result as JSON: one part as it is, several as an object with a property for each.</summary>
internal static class JsonReport
{
    /// <summary>Letters stay letters: nothing of this goes into a web page.</summary>
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(IReadOnlyList<Listing> sections, Stream output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            if (sections.Count == 1)
            {
                WriteSection(json, sections[0]);
            }
            else
            {
                json.WriteStartObject();
                foreach (var section in sections)
                {
                    json.WritePropertyName(section.Name);
                    WriteSection(json, section);
                }

                json.WriteEndObject();
            }
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteSection(Utf8JsonWriter json, Listing section)
    {
        if (section.IsRecord)
        {
            WriteRow(json, section, section.Rows[0]);
            return;
        }

        json.WriteStartArray();
        foreach (var row in section.Rows)
        {
            WriteRow(json, section, row);
        }

        json.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter json, Listing section, object?[] row)
    {
        json.WriteStartObject();
        for (var index = 0; index < row.Length; index++)
        {
            json.WritePropertyName(section.Columns[index].Name);
            WriteCell(json, row[index]);
        }

        json.WriteEndObject();
    }

    private static void WriteCell(Utf8JsonWriter json, object? cell)
    {
        switch (cell)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool value:
                json.WriteBooleanValue(value);
                break;
            case DateTimeOffset time:
                json.WriteStringValue(Wording.Exact(time));
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case IEnumerable list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    WriteCell(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                json.WriteNumberValue(Convert.ToInt64(cell, CultureInfo.InvariantCulture));
                break;
        }
    }
}
