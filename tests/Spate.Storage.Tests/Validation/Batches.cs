using System.Text;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>Batches and message sets as producers send them, and what a test wants to see of a result.</summary>
internal static class Batches
{
    public const long FirstTimestamp = 1_799_999_999_000;

    private const int DecompressedSizeMaximum = 1 << 30;

    public static TestRecord[] Records(int count) =>
        [.. Enumerable.Range(0, count).Select(index =>
            new TestRecord(FirstTimestamp + index, Hex($"key {index}"), Hex($"value {index}"), "6B=76;6B=~;"))];

    public static byte[] Plain(int count) => Of(RecordBatchOptions.Default, Records(count));

    public static byte[] Compressed(CompressionCodec codec, int count) => Of(new RecordBatchOptions { Codec = codec }, Records(count));

    public static byte[] Of(RecordBatchOptions options, params IEnumerable<TestRecord> records)
    {
        using var builder = new RecordBatchBuilder(options);
        foreach (var record in records)
        {
            builder.Append(record.Timestamp, record.KeyBytes, record.ValueBytes, record.HeaderArray);
        }

        return builder.Build().ToArray();
    }

    /// <summary>A message set of magic 0 or 1; what these formats cannot say of the records is left out.</summary>
    public static byte[] Legacy(byte magic, CompressionCodec codec, params IEnumerable<TestRecord> records)
    {
        using var destination = new PooledBuffer();
        using var builder = new LegacyMessageSetBuilder();
        builder.Begin(destination, magic, codec);
        var offset = 0;
        foreach (var record in records)
        {
            builder.Append(offset++, record.Timestamp, record.KeyBytes, record.ValueBytes);
        }

        builder.Complete();
        return destination.Span.ToArray();
    }

    public static string Hex(string text) => Convert.ToHexString(Encoding.UTF8.GetBytes(text));

    public static byte[] Concatenate(params byte[][] batches) => [.. batches.SelectMany(batch => batch)];

    /// <summary>Changes the header with <paramref name="change"/> and makes the checksum good again.</summary>
    public static byte[] WithHeader(byte[] batch, Func<RecordBatchHeader, RecordBatchHeader> change)
    {
        Assert.True(RecordBatchHeader.TryRead(batch, out var header));
        change(header).Write(batch);
        RecordBatchPatch.RenewCrc(batch);
        return batch;
    }

    public static RecordBatchHeader Header(ReadOnlySpan<byte> batch)
    {
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        return header;
    }

    public static IReadOnlyList<OwnedRecord> ReadAll(in ValidationResult result) =>
        OwnedRecord.ReadAll(result.Records.Span, DecompressedSizeMaximum);

    public static List<BatchFacts> FactsOf(in ValidationResult result)
    {
        var facts = new List<BatchFacts>();
        foreach (var batch in result.Batches)
        {
            facts.Add(batch);
        }

        return facts;
    }

    /// <summary>Asserts that the result holds the records, numbered from <see cref="ValidationRequests.NextOffset"/>.</summary>
    public static void AssertHolds(IEnumerable<TestRecord> expected, in ValidationResult result)
    {
        Assert.Null(result.Failure);
        var read = ReadAll(result);
        Assert.Equal(expected, read.Select(TestRecord.Of));
        Assert.Equal(
            Enumerable.Range(0, read.Count).Select(index => ValidationRequests.NextOffset + index),
            read.Select(record => record.Offset));
    }
}
