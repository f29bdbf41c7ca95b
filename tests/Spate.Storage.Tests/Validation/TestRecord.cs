using Spate.Protocol.Records;

namespace Spate.Storage.Tests.Validation;

/// <summary>A record as tests write and compare it: bytes stand in hexadecimal, so that records are equal when they say the same.</summary>
/// <param name="Timestamp">Milliseconds since 1970.</param>
/// <param name="Key">Hexadecimal, or null.</param>
/// <param name="Value">Hexadecimal, or null.</param>
/// <param name="Headers">Each as "key=value;" in hexadecimal, with "~" for null.</param>
internal sealed record TestRecord(long Timestamp, string? Key, string? Value, string Headers = "")
{
    public static TestRecord Of(OwnedRecord record) => new(
        record.Timestamp,
        Encode(record.Key),
        Encode(record.Value),
        string.Concat(record.Headers.Select(header => $"{Encode(header.Key.ToArray())}={Encode(header.Value) ?? "~"};")));

    public byte[]? KeyBytes => Decode(Key);

    public byte[]? ValueBytes => Decode(Value);

    public RecordHeader[] HeaderArray =>
        [.. Headers.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(header => header.Split('=')).Select(ToHeader)];

    private static RecordHeader ToHeader(string[] parts) =>
        new(Convert.FromHexString(parts[0]), string.Equals(parts[1], "~", StringComparison.Ordinal) ? null : Decode(parts[1]));

    private static string? Encode(byte[]? bytes) => bytes is null ? null : Convert.ToHexString(bytes);

    private static byte[]? Decode(string? text) => text is null ? null : Convert.FromHexString(text);
}
