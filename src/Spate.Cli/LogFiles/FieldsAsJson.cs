using System.Collections;
using System.Reflection;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Spate.Cli.LogFiles;

/// <summary>The fields of a message of the protocol as JSON on one line.</summary>
internal static class FieldsAsJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="message">The message.</param>
    /// <param name="decode">Given a field's name and its bytes: what is shown in their place, a message or another object with properties; null to show the bytes. Null where all bytes are shown.</param>
    public static string Write(object message, Func<string, ReadOnlyMemory<byte>, object?>? decode = null)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Options))
        {
            WriteFields(json, message, decode);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteFields(Utf8JsonWriter json, object message, Func<string, ReadOnlyMemory<byte>, object?>? decode)
    {
        json.WriteStartObject();
        foreach (var field in message.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static field => field is { CanRead: true, CanWrite: true }))
        {
            json.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(field.Name));
            var value = field.GetValue(message);
            WriteValue(json, value is ReadOnlyMemory<byte> bytes && decode?.Invoke(field.Name, bytes) is { } decoded ? decoded : value, decode);
        }

        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, object? value, Func<string, ReadOnlyMemory<byte>, object?>? decode)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case sbyte or byte or short or ushort or int or uint or long:
                json.WriteNumberValue(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            case ReadOnlyMemory<byte> bytes:
                json.WriteStringValue(Convert.ToHexStringLower(bytes.Span));
                break;
            case byte[] bytes:
                json.WriteStringValue(Convert.ToHexStringLower(bytes));
                break;
            case IEnumerable list:
                json.WriteStartArray();
                foreach (var item in list)
                {
                    WriteValue(json, item, decode);
                }

                json.WriteEndArray();
                break;
            case { } record when record.GetType().IsClass:
                WriteFields(json, record, decode);
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }
}
