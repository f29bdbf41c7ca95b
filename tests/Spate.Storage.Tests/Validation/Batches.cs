using System.Globalization;
using System.Text;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>Batches as a producer sends them.</summary>
internal static class Batches
{
    public const long FirstTimestamp = 1_799_999_999_000;

    public static TestRecord[] Records(int count) =>
        [.. Enumerable.Range(0, count).Select(index => new TestRecord(FirstTimestamp + index, Encode($"key {index}"), Encode($"value {index}")))];

    public static byte[] Plain(int count) => Of(RecordBatchOptions.Default, Records(count));

    public static byte[] Of(RecordBatchOptions options, params ReadOnlySpan<TestRecord> records)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (var record in records)
        {
            var header = record.Headers.Length == 0 ? [] : new[] { new RecordHeader(record.Headers, null) };
            builder.Append(record.Timestamp, Decode(record.Key), Decode(record.Value), header);
        }

        return builder.Build().ToArray();
    }

    public static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    public static byte[]? Decode(string? encoded) => encoded is null ? null : Convert.FromBase64String(encoded);

    public static List<BatchFacts> ToFacts(this in ValidationResult result)
    {
        var facts = new List<BatchFacts>();
        foreach (var batch in result.Batches)
        {
            facts.Add(batch);
        }

        return facts;
    }

    public static string Describe(this in ValidationResult result) => string.Create(
        CultureInfo.InvariantCulture,
        $"{result.Error}: {result.Failure?.Message} {string.Join(", ", result.Failure?.Records ?? [])}");
}
