using System.Buffers.Binary;
using System.IO.Hashing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordFuzzTests
{
    private const int MaximumBytes = 100_000;

    [Fact]
    public void Damaged_batches_end_in_a_defined_outcome_and_both_readers_agree()
    {
        var originals = Enum.GetValues<CompressionCodec>().Select(Batch).ToArray();
        var outcomes = new Dictionary<RecordError, int>();
        using var scratch = new PooledBuffer();
        Mutation.Run(6000, random =>
        {
            var damaged = Mutation.Damage(originals[random.Next(originals.Length)], random);
            Repair(damaged, random);
            var error = ReadBatch(damaged, scratch);
            outcomes[error] = outcomes.GetValueOrDefault(error) + 1;
            ReadAsWhole(damaged);
        });
        Assert.True(outcomes.Count >= 10, string.Join(", ", outcomes));
    }

    [Fact]
    public void Damaged_records_end_in_a_defined_outcome_and_both_readers_agree()
    {
        var original = Batch(CompressionCodec.None)[RecordBatchHeader.Size..];
        var outcomes = new Dictionary<RecordError, int>();
        Mutation.Run(20_000, random =>
        {
            var error = Walk(Mutation.Damage(original, random), random.Next(10) == 0 ? random.Next() : 40);
            outcomes[error] = outcomes.GetValueOrDefault(error) + 1;
        });
        foreach (var expected in new[]
        {
            RecordError.None, RecordError.InvalidRecordCount, RecordError.InvalidVarint, RecordError.InvalidRecordLength,
            RecordError.InvalidKeyLength, RecordError.InvalidValueLength, RecordError.InvalidHeader, RecordError.TrailingBytes,
        })
        {
            Assert.True(outcomes.ContainsKey(expected), $"{expected} was never seen among {string.Join(", ", outcomes)}");
        }
    }

    [Fact]
    public void Damaged_message_sets_end_in_a_defined_outcome()
    {
        var originals = (
            from magic in new byte[] { 0, 1 }
            from codec in new[] { CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4 }
            select MessageSet(magic, codec)).ToArray();
        var outcomes = new Dictionary<RecordError, int>();
        using var converter = new MessageFormatConverter();
        using var builder = new RecordBatchBuilder();
        using var output = new PooledBuffer();
        Mutation.Run(6000, random =>
        {
            var damaged = Mutation.Damage(originals[random.Next(originals.Length)], random);
            if (damaged.Length > 16 && random.Next(4) > 0)
            {
                BinaryPrimitives.WriteInt32BigEndian(damaged.AsSpan(8), damaged.Length - 12);
                BinaryPrimitives.WriteUInt32BigEndian(damaged.AsSpan(12), Crc32.HashToUInt32(damaged.AsSpan(16)));
            }

            builder.Reset();
            var error = converter.ConvertUp(damaged, keepsOffsets: random.Next(2) == 0, MaximumBytes, builder);
            outcomes[error] = outcomes.GetValueOrDefault(error) + 1;
            Assert.InRange(builder.Size, 0, MaximumBytes);
            output.Clear();
            converter.ConvertDown(damaged, 0, random.Next(60), MaximumBytes, output, out var consumed);
            Assert.InRange(consumed, 0, damaged.Length);
            ReadAsWhole(damaged);
        });
        Assert.True(outcomes.Count >= 8, string.Join(", ", outcomes));
    }

    [Fact]
    public void Random_bytes_are_never_more_than_an_outcome()
    {
        using var scratch = new PooledBuffer();
        Mutation.Run(5000, random =>
        {
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            if (bytes.Length > 16)
            {
                bytes[16] = (byte)random.Next(3);
                bytes.AsSpan(8, 3).Clear();
            }

            ReadBatch(bytes, scratch);
            ReadAsWhole(bytes);
            Walk(bytes, random.Next(-1, 50));
        });
    }

    private static RecordError ReadBatch(byte[] bytes, PooledBuffer scratch)
    {
        var error = RecordBatchHeader.Validate(bytes, out var header);
        if (error != RecordError.None)
        {
            return error;
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        error = RecordBatch.Open(bytes, header, MaximumBytes, scratch, out var records);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * MaximumBytes);
        if (error != RecordError.None)
        {
            return error;
        }

        ControlBatch.ReadEndTransaction(bytes, header, out _, out _);
        return Walk(records, header.RecordCount);
    }

    private static RecordError Walk(ReadOnlySpan<byte> records, int count)
    {
        var seen = 0;
        var headerBytes = 0;
        var enumerator = new RecordEnumerator(records, count);
        var walk = new RecordCursor(records, count);
        while (enumerator.MoveNext())
        {
            var record = enumerator.Current;
            Assert.True(walk.MoveNext(records));
            Assert.Equal((record.OffsetDelta, record.TimestampDelta, record.Headers.Count), (walk.OffsetDelta, walk.TimestampDelta, walk.HeaderCount));
            Assert.True(record.Key.Span == walk.Key(records).Span && record.Value.Span == walk.Value(records).Span && record.Value.IsNull == walk.Value(records).IsNull);
            seen++;
            var headers = 0;
            foreach (var header in record.Headers)
            {
                headers++;
                headerBytes += header.Key.Length + header.Value.Span.Length;
            }

            Assert.Equal(record.Headers.Count, headers);
            Assert.True(headerBytes + record.Key.Span.Length + record.Value.Span.Length <= records.Length);
        }

        Assert.False(walk.MoveNext(records));
        Assert.Equal(enumerator.Error, walk.Error);
        Assert.Equal(enumerator.Error, RecordBatch.Inspect(records, count, out var summary));
        Assert.Equal(enumerator.Error == RecordError.None ? seen : 0, summary.Count);
        return enumerator.Error;
    }

    private static void ReadAsWhole(byte[] bytes)
    {
        try
        {
            OwnedRecord.ReadAll(bytes, MaximumBytes);
        }
        catch (InvalidRecordsException exception)
        {
            Assert.NotEqual(RecordError.None, exception.Error);
            Assert.InRange(exception.Position, 0, bytes.Length);
        }
    }

    // Damage must reach past the checks that would find nearly all of it, so most of the time they are made to pass.
    private static void Repair(byte[] batch, Random random)
    {
        if (batch.Length >= RecordBatchHeader.Size && random.Next(6) > 0)
        {
            batch[RecordBatchLayout.Magic] = 2;
            BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), batch.Length - RecordBatchLayout.LogOverhead);
            RecordBatchPatch.RenewCrc(batch);
        }
    }

    private static byte[] Batch(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { Codec = codec });
        for (var index = 0; index < 40; index++)
        {
            builder.Append(1000 + index, index % 7 == 0 ? NullableBytes.Null : "key"u8, new byte[index * 5], [new("header", [1, 2, 3])]);
        }

        return builder.Build().ToArray();
    }

    private static byte[] MessageSet(byte magic, CompressionCodec codec)
    {
        using var builder = new LegacyMessageSetBuilder();
        using var output = new PooledBuffer();
        builder.Begin(output, magic, codec);
        for (var index = 0; index < 20; index++)
        {
            builder.Append(index * 3, 1000 + index, index % 7 == 0 ? NullableBytes.Null : "key"u8, new byte[index * 5]);
        }

        builder.Complete();
        return output.Span.ToArray();
    }
}
