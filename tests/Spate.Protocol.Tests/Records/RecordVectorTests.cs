using System.Text.Json;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordVectorTests
{
    private const int MaximumBytes = 1 << 20;

    [RecordVectorFact]
    public void Every_set_that_Kafka_wrote_reads_as_it_says()
    {
        var seen = 0;
        foreach (var vector in RecordVectors.Read().Where(vector => !vector.TryGetProperty("control", out _)))
        {
            var bytes = Bytes(vector);
            AssertRecords(vector, OwnedRecord.ReadAll(bytes, MaximumBytes));
            AssertAttributes(vector, bytes);
            seen++;
        }

        Assert.Equal(72, seen);
    }

    [RecordVectorFact]
    public void Every_uncompressed_batch_that_Kafka_wrote_is_written_byte_for_byte()
    {
        var seen = 0;
        foreach (var vector in RecordVectors.Read().Where(vector => Magic(vector) == 2 && !vector.TryGetProperty("control", out _)))
        {
            var bytes = Bytes(vector);
            var rebuilt = Rebuild(vector, bytes);
            AssertRecords(vector, OwnedRecord.ReadAll(rebuilt, MaximumBytes));
            if (Codec(vector) == CompressionCodec.None)
            {
                Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(rebuilt));
                seen++;
            }
        }

        Assert.Equal(6, seen);
    }

    [RecordVectorFact]
    public void Every_message_set_that_Kafka_wrote_is_written_back()
    {
        using var builder = new LegacyMessageSetBuilder();
        using var output = new PooledBuffer();
        foreach (var vector in RecordVectors.Read().Where(vector => Magic(vector) < 2))
        {
            var bytes = Bytes(vector);
            var records = OwnedRecord.ReadAll(bytes, MaximumBytes);
            output.Clear();
            builder.Begin(output, Magic(vector), Codec(vector), records[0].TimestampType);
            foreach (var record in records)
            {
                builder.Append(record.Offset, record.Timestamp, record.Key, record.Value);
            }

            builder.Complete();
            AssertRecords(vector, OwnedRecord.ReadAll(output.Span, MaximumBytes));
            if (Codec(vector) == CompressionCodec.None)
            {
                Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(output.Span));
            }
        }
    }

    [RecordVectorFact]
    public void Every_set_that_Kafka_wrote_goes_down_and_up_with_offsets_keys_and_values()
    {
        using var converter = new MessageFormatConverter();
        using var output = new PooledBuffer();
        using var builder = new RecordBatchBuilder();
        foreach (var vector in RecordVectors.Read().Where(vector => !vector.TryGetProperty("control", out _)))
        {
            var records = OwnedRecord.ReadAll(Bytes(vector), MaximumBytes);
            for (byte magic = 0; magic < 2; magic++)
            {
                output.Clear();
                var error = converter.ConvertDown(Bytes(vector), magic, 0, MaximumBytes, output, out var consumed);
                if (Codec(vector) == CompressionCodec.Zstd)
                {
                    Assert.Equal((RecordError.IncompatibleCodec, 0, 0), (error, consumed, output.Length));
                    continue;
                }

                Assert.Equal((RecordError.None, Bytes(vector).Length), (error, consumed));
                builder.Reset(new RecordBatchOptions { BaseOffset = records[0].Offset, Codec = Codec(vector) });
                Assert.Equal(RecordError.None, converter.ConvertUp(output.Span, keepsOffsets: true, MaximumBytes, builder));
                var converted = OwnedRecord.ReadAll(builder.Build().Span, MaximumBytes);
                Assert.Equal(records.Select(record => (record.Offset, Hex(record.Key), Hex(record.Value))),
                    converted.Select(record => (record.Offset, Hex(record.Key), Hex(record.Value))));
                var keepsTimestamps = magic == 1 && Magic(vector) > 0;
                Assert.Equal(records.Select(record => keepsTimestamps ? record.Timestamp : -1), converted.Select(record => record.Timestamp));
            }
        }
    }

    [RecordVectorFact]
    public void The_markers_that_Kafka_wrote_are_read_and_written_byte_for_byte()
    {
        var seen = 0;
        using var builder = new RecordBatchBuilder();
        foreach (var vector in RecordVectors.Read().Where(vector => vector.TryGetProperty("control", out _)))
        {
            var bytes = Bytes(vector);
            Assert.Equal(RecordError.None, RecordBatchHeader.Validate(bytes, out var header));
            Assert.Equal(RecordError.None, ControlBatch.ReadEndTransaction(bytes, header, out var type, out var marker));
            Assert.Equal(vector.GetProperty("control").GetString(), type.ToString().ToUpperInvariant());
            Assert.Equal(vector.GetProperty("coordinatorEpoch").GetInt32(), marker.CoordinatorEpoch);
            Assert.Equal(vector.GetProperty("producerId").GetInt64(), header.ProducerId);
            Assert.Equal(vector.GetProperty("producerEpoch").GetInt32(), header.ProducerEpoch);
            Assert.Equal(vector.GetProperty("baseOffset").GetInt64(), header.BaseOffset);

            var written = ControlBatch.BuildEndTransaction(
                builder, header.MaxTimestamp, type, header.ProducerId, header.ProducerEpoch, marker.CoordinatorEpoch).Span;
            RecordBatchPatch.SetBaseOffset(written, header.BaseOffset);
            RecordBatchPatch.SetPartitionLeaderEpoch(written, header.PartitionLeaderEpoch);
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(written));
            seen++;
        }

        Assert.Equal(2, seen);
    }

    private static byte[] Rebuild(JsonElement vector, byte[] bytes)
    {
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(bytes, out var header));
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = header.BaseOffset,
            PartitionLeaderEpoch = header.PartitionLeaderEpoch,
            Codec = header.Codec,
            ProducerId = header.ProducerId,
            ProducerEpoch = header.ProducerEpoch,
            BaseSequence = header.BaseSequence,
            IsTransactional = header.IsTransactional,
            LogAppendTime = header.TimestampType == TimestampType.LogAppendTime ? header.MaxTimestamp : null,
        });
        using var scratch = new PooledBuffer();
        Assert.Equal(RecordError.None, RecordBatch.Open(bytes, header, MaximumBytes, scratch, out var body));
        var records = new RecordEnumerator(body, header.RecordCount);
        while (records.MoveNext())
        {
            var record = records.Current;
            builder.AppendAt(header.BaseOffset + record.OffsetDelta, header.BaseTimestamp + record.TimestampDelta, record.Key, record.Value, record.Headers);
        }

        Assert.Equal(RecordError.None, records.Error);
        Assert.Equal(vector.GetProperty("records").GetArrayLength(), builder.RecordCount);
        return builder.Build().ToArray();
    }

    private static void AssertAttributes(JsonElement vector, byte[] bytes)
    {
        if (Magic(vector) < 2)
        {
            return;
        }

        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(bytes, out var header));
        Assert.Equal(Codec(vector), header.Codec);
        Assert.Equal(vector.GetProperty("timestampType").GetString(), header.TimestampType.ToString());
        Assert.Equal(vector.GetProperty("transactional").GetBoolean(), header.IsTransactional);
        Assert.Equal(vector.GetProperty("idempotent").GetBoolean(), header.HasProducerId);
        Assert.False(header.IsControl);
        using var scratch = new PooledBuffer();
        Assert.Equal(RecordError.None, RecordBatch.Inspect(bytes, header, MaximumBytes, scratch, out var summary));
        Assert.True(summary.HasContiguousOffsets);
        Assert.Equal(header.RecordCount, summary.Count);
        Assert.Equal(header.LastOffsetDelta, summary.LastOffsetDelta);
        Assert.Equal(vector.GetProperty("records").EnumerateArray().Any(record => record.GetProperty("key").ValueKind == JsonValueKind.Null), summary.HasNullKey);
        if (header.TimestampType == TimestampType.CreateTime)
        {
            Assert.Equal(header.MaxTimestamp, header.BaseTimestamp + summary.MaxTimestampDelta);
        }
    }

    private static void AssertRecords(JsonElement vector, IReadOnlyList<OwnedRecord> actual)
    {
        var expected = vector.GetProperty("records").EnumerateArray().Select(Describe).ToArray();
        Assert.Equal(expected, actual.Select(Describe));
        Assert.All(actual, record => Assert.Equal(
            vector.GetProperty("timestampType").GetString() == "LogAppendTime", record.TimestampType == TimestampType.LogAppendTime));
    }

    private static string Describe(JsonElement record)
    {
        var headers = record.GetProperty("headers").EnumerateArray().Select(header => $"{header[0].GetString()}={header[1].GetString() ?? "null"}");
        return $"{record.GetProperty("offset")} {record.GetProperty("timestamp")} {record.GetProperty("key").GetString() ?? "null"} "
            + $"{record.GetProperty("value").GetString() ?? "null"} [{string.Join(',', headers)}]";
    }

    private static string Describe(OwnedRecord record)
    {
        var headers = record.Headers.Select(header => $"{System.Text.Encoding.UTF8.GetString(header.Key.Span)}={Hex(header.Value)}");
        return $"{record.Offset} {record.Timestamp} {Hex(record.Key)} {Hex(record.Value)} [{string.Join(',', headers)}]";
    }

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexStringLower(bytes);

    private static byte[] Bytes(JsonElement vector) => Convert.FromHexString(vector.GetProperty("hex").GetString()!);

    private static byte Magic(JsonElement vector) => vector.GetProperty("magic").GetByte();

    private static CompressionCodec Codec(JsonElement vector) =>
        Enum.Parse<CompressionCodec>(vector.GetProperty("codec").GetString()!, ignoreCase: true);
}
