using System.Text;
using System.Text.Json;

namespace Spate.Conformance.Clients;

/// <summary>Records as they go to drivers and come from them: keys, values and headers in base64.</summary>
internal static class DriverRecord
{
    public static object From(ClientRecord record) => new
    {
        topic = record.Topic,
        partition = record.Partition,
        timestamp = record.Timestamp,
        key = Pack(record.Key),
        value = Pack(record.Value),
        headers = record.Headers
            .Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(header => header.Split('=', 2))
            .Select(header => new[] { header[0], Pack(header[1]) })
            .ToArray(),
    };

    public static IReadOnlyList<ClientRecord> Parse(JsonElement records) =>
    [
        .. records.EnumerateArray().Select(record => new ClientRecord(Unpack(record[4]), Unpack(record[5]))
        {
            Topic = record[0].GetString()!,
            Partition = record[1].GetInt32(),
            Offset = record[2].GetInt64(),
            Timestamp = record[3].GetInt64(),
            Headers = string.Join(',', record[6].EnumerateArray().Select(header => $"{header[0].GetString()}={Unpack(header[1])}")),
        }),
    ];

    private static string? Pack(string? text) => text is null ? null : Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string? Unpack(JsonElement text) => text.GetString() is { } packed ? Encoding.UTF8.GetString(Convert.FromBase64String(packed)) : null;
}
