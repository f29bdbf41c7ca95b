using FsCheck;
using FsCheck.Fluent;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

/// <summary>What holds for any records at all. A failure prints the seed to replay it with.</summary>
public sealed class RecordProperties
{
    private const int MaximumBytes = 1 << 22;

    private static readonly Config Fixed = Config.QuickThrowOnFailure.WithReplay(20260401, 77).WithMaxTest(300);

    [Fact]
    public void Any_records_built_with_any_codec_read_back_equal() => Prop.ForAll(Batches().ToArbitrary(), batch =>
    {
        using var builder = new RecordBatchBuilder(batch.Options);
        var offsets = AppendAll(builder, batch);
        var built = builder.Build().ToArray();
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(built, out var header));
        var read = OwnedRecord.ReadAll(built, MaximumBytes);
        var appendTime = batch.Options.LogAppendTime;
        Assert.Equal(
            batch.Records.Select((record, index) => Describe(offsets[index], appendTime ?? record.Timestamp, record.Key, record.Value, record.Headers)),
            read.Select(record => Describe(record.Offset, record.Timestamp, record.Key, record.Value, record.Headers)));
        Assert.Equal(batch.Records.Length, header.RecordCount);
        Assert.Equal(offsets.Length == 0 ? batch.Options.BaseOffset : offsets[^1], header.LastOffset);

        using var scratch = new PooledBuffer();
        Assert.Equal(RecordError.None, RecordBatch.Inspect(built, header, MaximumBytes, scratch, out var summary));
        Assert.Equal(batch.Records.Any(record => record.Key is null), summary.HasNullKey);
        Assert.Equal(batch.Records.Select((_, index) => batch.Options.BaseOffset + index).SequenceEqual(offsets), summary.HasContiguousOffsets);
        if (batch.Records.Length > 0)
        {
            Assert.Equal(batch.Records.Max(record => record.Timestamp), header.BaseTimestamp + summary.MaxTimestampDelta);
            Assert.Equal(batch.Records.Min(record => record.Timestamp), header.BaseTimestamp + summary.MinTimestampDelta);
            Assert.Equal(
                offsets[Array.FindIndex(batch.Records, record => record.Timestamp == batch.Records.Max(other => other.Timestamp))],
                header.BaseOffset + summary.OffsetDeltaOfMaxTimestamp);
        }
    }).Check(Fixed);

    [Fact]
    public void Any_batch_taken_down_and_up_again_keeps_what_the_format_can_carry() => Prop.ForAll(Batches().ToArbitrary(), batch =>
    {
        using var builder = new RecordBatchBuilder(batch.Options);
        var offsets = AppendAll(builder, batch);
        var built = builder.Build().ToArray();
        using var converter = new MessageFormatConverter();
        using var ones = new PooledBuffer();
        using var zeros = new PooledBuffer();
        var error = converter.ConvertDown(built, 1, 0, MaximumBytes, ones, out _);
        if (batch.Options.Codec == CompressionCodec.Zstd && batch.Records.Length > 0)
        {
            Assert.Equal(RecordError.IncompatibleCodec, error);
            return;
        }

        Assert.Equal(RecordError.None, error);
        Assert.Equal(RecordError.None, converter.ConvertDown(ones.Span, 0, 0, MaximumBytes, zeros, out _));
        foreach (var (set, keepsTimestamps) in new[] { (ones.Span.ToArray(), true), (zeros.Span.ToArray(), false) })
        {
            builder.Reset(new RecordBatchOptions { BaseOffset = batch.Options.BaseOffset, Codec = batch.Options.Codec });
            Assert.Equal(RecordError.None, converter.ConvertUp(set, keepsOffsets: true, MaximumBytes, builder));
            Assert.Equal(
                batch.Records.Select((record, index) => Describe(
                    offsets[index], keepsTimestamps ? batch.Options.LogAppendTime ?? record.Timestamp : -1, record.Key, record.Value, [])),
                OwnedRecord.ReadAll(builder.Build().Span, MaximumBytes)
                    .Select(record => Describe(record.Offset, record.Timestamp, record.Key, record.Value, record.Headers)));
        }
    }).Check(Fixed);

    [Fact]
    public void Any_integer_written_as_a_varint_reads_back_in_as_many_bytes_as_were_said() => Prop.ForAll(
        ArbMap.Default.ArbFor<long>(),
        ArbMap.Default.ArbFor<int>(),
        (seed, shift) =>
        {
            var value = (seed * 0x5DEECE66DL) >> (shift & 63);
            var bytes = new byte[RecordVarint.Size(value)];
            Assert.Equal(bytes.Length, RecordVarint.Write(bytes, value));
            var position = 0;
            Assert.True(RecordVarint.TryRead(bytes, ref position, out long read));
            Assert.Equal((value, bytes.Length), (read, position));
            position = 0;
            Assert.Equal(value == (int)value, RecordVarint.TryRead(bytes, ref position, out int narrow));
            Assert.Equal((int)value, narrow);
            position = 0;
            Assert.False(RecordVarint.TryRead(bytes.AsSpan(0, bytes.Length - 1), ref position, out long _));
        }).Check(Fixed);

    private static long[] AppendAll(RecordBatchBuilder builder, BatchCase batch)
    {
        var offsets = new long[batch.Records.Length];
        for (var index = 0; index < offsets.Length; index++)
        {
            var record = batch.Records[index];
            offsets[index] = builder.NextOffset + (index == 0 ? 0 : record.OffsetGap);
            builder.AppendAt(offsets[index], record.Timestamp, record.Key, record.Value, record.Headers);
        }

        return offsets;
    }

    private static string Describe(long offset, long timestamp, byte[]? key, byte[]? value, RecordHeader[] headers) =>
        $"{offset} {timestamp} {Hex(key)} {Hex(value)} "
        + string.Join(',', headers.Select(header => $"{Convert.ToHexString(header.Key.Span)}={Hex(header.Value)}"));

    private static string Hex(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes);

    private static Gen<BatchCase> Batches() =>
        from records in Records().ArrayOf()
        from baseOffset in Gen.Choose(0, int.MaxValue)
        from codec in Gen.Choose(0, 4)
        from appendTime in Gen.Elements<long?>(null, null, 1_700_000_123_456)
        from hasProducer in Gen.Elements(false, true)
        select new BatchCase(
            records,
            new RecordBatchOptions
            {
                BaseOffset = baseOffset,
                Codec = (CompressionCodec)codec,
                LogAppendTime = appendTime,
                ProducerId = hasProducer ? 9 : -1,
                ProducerEpoch = (short)(hasProducer ? 2 : -1),
                BaseSequence = hasProducer ? 100 : -1,
                IsTransactional = hasProducer,
            });

    private static Gen<RecordCase> Records() =>
        from timestamp in Gen.OneOf(Gen.Choose(0, 100_000).Select(delta => 1_700_000_000_000 + delta), Gen.Elements(-1, 0, long.MaxValue / 4))
        from gap in Gen.Frequency((8, Gen.Constant(0)), (1, Gen.Choose(1, 300)))
        from key in Bytes()
        from value in Bytes()
        from headers in Headers().ArrayOf().Resize(3)
        select new RecordCase(timestamp, gap, key, value, headers);

    private static Gen<RecordHeader> Headers() =>
        from key in ArbMap.Default.GeneratorFor<byte[]>()
        from value in Bytes()
        select new RecordHeader(key, value);

    private static Gen<byte[]?> Bytes() => Gen.Frequency<byte[]?>(
        (1, Gen.Constant<byte[]?>(null)),
        (5, ArbMap.Default.GeneratorFor<byte[]>().Select(bytes => (byte[]?)bytes)),
        (1, Gen.Choose(60, 9000).Select(length => (byte[]?)new byte[length])));

    private sealed record BatchCase(RecordCase[] Records, RecordBatchOptions Options);

    private sealed record RecordCase(long Timestamp, int OffsetGap, byte[]? Key, byte[]? Value, RecordHeader[] Headers);
}
