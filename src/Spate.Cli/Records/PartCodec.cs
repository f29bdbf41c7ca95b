using System.Buffers;
using System.Buffers.Text;
using System.CommandLine;
using System.Text;
using System.Text.Json;
using Spate.Cli.Grammar;

namespace Spate.Cli.Records;

/// <summary>Reads and writes keys and values in their formats.</summary>
internal static class PartCodec
{
    public static Option<PartFormat> Option(string name, string what) => Suggestions.Words(new Option<PartFormat>(name)
    {
        Description = $"How {what} is written: text, json, hex or base64. Default: text.",
        HelpName = "format",
        CustomParser = static result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "text":
                    return PartFormat.Text;
                case "json":
                    return PartFormat.Json;
                case "hex":
                    return PartFormat.Hex;
                case "base64":
                    return PartFormat.Base64;
                default:
                    result.AddError($"'{result.Tokens[0].Value}' is no format; there are text, json, hex and base64.");
                    return PartFormat.Text;
            }
        },
    }, "text", "json", "hex", "base64");

    /// <summary>The bytes that letters stand for.</summary>
    /// <exception cref="FormatException">They are not of the format; the message says so, for a sentence to go on with.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> letters, PartFormat format)
    {
        switch (format)
        {
            case PartFormat.Hex:
                var hex = new byte[letters.Length / 2];
                return Convert.FromHexString(letters, hex, out _, out _) == OperationStatus.Done && letters.Length % 2 == 0
                    ? hex
                    : throw new FormatException("is not hexadecimal: two digits for each byte, nothing between");
            case PartFormat.Base64:
                var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(letters.Length)];
                return Base64.DecodeFromUtf8(letters, bytes, out _, out var written) == OperationStatus.Done
                    ? bytes[..written]
                    : throw new FormatException("is not base64");
            case PartFormat.Json:
                return JsonFault(letters) is { } fault ? throw new FormatException($"is not JSON ({fault})") : letters.ToArray();
            default:
                return letters.ToArray();
        }
    }

    /// <summary>Writes bytes in letters.</summary>
    public static void Encode(ReadOnlySpan<byte> bytes, PartFormat format, IBufferWriter<byte> output)
    {
        switch (format)
        {
            case PartFormat.Hex:
                output.Write(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(bytes)));
                break;
            case PartFormat.Base64:
                Base64.EncodeToUtf8(bytes, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(bytes.Length)), out _, out var written);
                output.Advance(written);
                break;
            default:
                output.Write(bytes);
                break;
        }
    }

    /// <summary>The bytes as a text that JSON can carry.</summary>
    public static string EncodeText(ReadOnlySpan<byte> bytes, PartFormat format) => format switch
    {
        PartFormat.Hex => Convert.ToHexStringLower(bytes),
        PartFormat.Base64 => Convert.ToBase64String(bytes),
        _ => Encoding.UTF8.GetString(bytes),
    };

    /// <summary>What is wrong with JSON; null when nothing is.</summary>
    public static string? JsonFault(ReadOnlySpan<byte> letters)
    {
        try
        {
            var reader = new Utf8JsonReader(letters);
            while (reader.Read())
            {
            }

            return null;
        }
        catch (JsonException failure)
        {
            return $"at byte {failure.BytePositionInLine ?? 0}";
        }
    }
}
