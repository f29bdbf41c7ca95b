using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class MessageFormatConverterTests : IDisposable
{
    private const int MaximumBytes = 1 << 20;

    private readonly MessageFormatConverter _converter = new();
    private readonly PooledBuffer _output = new();

    public void Dispose()
    {
        _converter.Dispose();
        _output.Dispose();
    }

    [Fact]
    public void Headers_are_dropped_and_transactional_records_become_plain_ones_on_the_way_down()
    {
        var options = new RecordBatchOptions { BaseOffset = 10, IsTransactional = true, ProducerId = 1, ProducerEpoch = 0, BaseSequence = 0 };
        var batch = Batch(options, 3);
        Assert.Equal(RecordError.None, _converter.ConvertDown(batch, 1, 0, MaximumBytes, _output, out var consumed));
        Assert.Equal(batch.Length, consumed);
        var records = OwnedRecord.ReadAll(_output.Span, MaximumBytes);
        Assert.Equal([10L, 11L, 12L], records.Select(record => record.Offset));
        Assert.All(records, record => Assert.Empty(record.Headers));
        Assert.Equal(3, EntriesOf(_output.Span, 1));
    }

    [Fact]
    public void Control_batches_are_left_out_on_the_way_down()
    {
        using var builder = new RecordBatchBuilder();
        var marker = ControlBatch.BuildEndTransaction(builder, 1, ControlRecordType.Commit, 1, 0, 7).ToArray();
        RecordBatchPatch.SetBaseOffset(marker, 3);
        byte[] log = [.. Batch(new RecordBatchOptions(), 3), .. marker, .. Batch(new RecordBatchOptions { BaseOffset = 4 }, 1)];
        Assert.Equal(RecordError.None, _converter.ConvertDown(log, 0, 0, MaximumBytes, _output, out var consumed));
        Assert.Equal(log.Length, consumed);
        Assert.Equal([0L, 1L, 2L, 4L], OwnedRecord.ReadAll(_output.Span, MaximumBytes).Select(record => record.Offset));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    public void Compressed_batches_stay_compressed_in_one_wrapper(CompressionCodec codec)
    {
        var batch = Batch(new RecordBatchOptions { BaseOffset = 10, Codec = codec, LogAppendTime = 99 }, 5);
        Assert.Equal(RecordError.None, _converter.ConvertDown(batch, 1, 12, MaximumBytes, _output, out _));
        Assert.Equal(1, EntriesOf(_output.Span, 1));
        Assert.Equal(RecordError.None, LegacyMessage.Read(_output.Span, out var wrapper));
        Assert.Equal((14, codec, TimestampType.LogAppendTime, 99), (wrapper.Offset, wrapper.Codec, wrapper.TimestampType, wrapper.Timestamp));
        Assert.Equal([10L, 11L, 12L, 13L, 14L], OwnedRecord.ReadAll(_output.Span, MaximumBytes).Select(record => record.Offset));
    }

    [Fact]
    public void Zstd_is_a_distinct_outcome_and_what_came_before_it_is_kept()
    {
        var plain = Batch(new RecordBatchOptions(), 2);
        byte[] log = [.. plain, .. Batch(new RecordBatchOptions { BaseOffset = 2, Codec = CompressionCodec.Zstd }, 2)];
        Assert.Equal(RecordError.IncompatibleCodec, _converter.ConvertDown(log, 1, 0, MaximumBytes, _output, out var consumed));
        Assert.Equal(plain.Length, consumed);
        Assert.Equal([0L, 1L], OwnedRecord.ReadAll(_output.Span, MaximumBytes).Select(record => record.Offset));
    }

    [Fact]
    public void Uncompressed_records_before_the_wanted_offset_are_left_out()
    {
        Assert.Equal(RecordError.None, _converter.ConvertDown(Batch(new RecordBatchOptions(), 5), 1, 3, MaximumBytes, _output, out _));
        Assert.Equal([3L, 4L], OwnedRecord.ReadAll(_output.Span, MaximumBytes).Select(record => record.Offset));
    }

    [Fact]
    public void An_incomplete_batch_at_the_end_is_left_out()
    {
        var whole = Batch(new RecordBatchOptions(), 2);
        byte[] log = [.. whole, .. whole[..^1]];
        Assert.Equal(RecordError.None, _converter.ConvertDown(log, 1, 0, MaximumBytes, _output, out var consumed));
        Assert.Equal(whole.Length, consumed);
    }

    [Fact]
    public void Conversion_down_stops_between_batches_once_the_bound_is_reached()
    {
        var one = Batch(new RecordBatchOptions(), 2);
        byte[] log = [.. one, .. Batch(new RecordBatchOptions { BaseOffset = 2 }, 2)];
        Assert.Equal(RecordError.None, _converter.ConvertDown(log, 1, 0, 10, _output, out var consumed));
        Assert.Equal(one.Length, consumed);
    }

    [Fact]
    public void Messages_already_old_enough_are_copied_as_they_are()
    {
        var set = Messages(0, CompressionCodec.None);
        Assert.Equal(RecordError.None, _converter.ConvertDown(set, 1, 0, MaximumBytes, _output, out _));
        Assert.Equal(set, _output.Span.ToArray());
    }

    [Theory]
    [InlineData(0, CompressionCodec.None)]
    [InlineData(0, CompressionCodec.Lz4)]
    [InlineData(1, CompressionCodec.None)]
    [InlineData(1, CompressionCodec.Snappy)]
    public void Produced_messages_are_numbered_on_from_the_base_offset(byte magic, CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 500, Codec = codec });
        byte[] set = [.. Messages(magic, codec), .. Messages(magic, CompressionCodec.None)];
        Assert.Equal(RecordError.None, _converter.ConvertUp(set, keepsOffsets: false, MaximumBytes, builder));
        var records = OwnedRecord.ReadAll(builder.Build().Span, MaximumBytes);
        Assert.Equal([500L, 501L, 502L, 503L], records.Select(record => record.Offset));
        Assert.Equal(magic == 0 ? -1 : 1001, records[1].Timestamp);
        Assert.Null(records[1].Key);
    }

    [Fact]
    public void Messages_in_a_wrapper_of_another_magic_are_refused()
    {
        using var wrapped = new PooledBuffer();
        Compressor.Compress(CompressionCodec.Gzip, null, Messages(0, CompressionCodec.None), wrapped);
        Assert.Equal(RecordError.InvalidNesting, Up(Wrapper(1, CompressionCodec.Gzip, wrapped.Span)));
    }

    [Fact]
    public void A_wrapper_in_a_wrapper_is_refused()
    {
        using var wrapped = new PooledBuffer();
        Compressor.Compress(CompressionCodec.Gzip, null, Messages(1, CompressionCodec.Snappy), wrapped);
        Assert.Equal(RecordError.InvalidNesting, Up(Wrapper(1, CompressionCodec.Gzip, wrapped.Span)));
    }

    [Fact]
    public void A_wrapper_with_nothing_in_it_is_refused()
    {
        using var wrapped = new PooledBuffer();
        Compressor.Compress(CompressionCodec.Gzip, null, [], wrapped);
        Assert.Equal(RecordError.InvalidNesting, Up(Wrapper(1, CompressionCodec.Gzip, wrapped.Span)));
        Assert.Equal(RecordError.InvalidNesting, Up(Wrapper(1, CompressionCodec.Gzip, NullableBytes.Null)));
    }

    [Fact]
    public void A_bomb_in_a_wrapper_is_too_large()
    {
        using var wrapped = new PooledBuffer();
        Compressor.Compress(CompressionCodec.Gzip, null, new byte[10 * MaximumBytes], wrapped);
        Assert.Equal(RecordError.TooLarge, Up(Wrapper(1, CompressionCodec.Gzip, wrapped.Span)));
    }

    [Fact]
    public void Zstd_in_an_old_message_is_no_codec()
    {
        var message = new LegacyMessage { Magic = 1, Codec = CompressionCodec.Zstd, Value = "x"u8 };
        var bytes = new byte[LegacyMessage.SizeOf(1, message.Key, message.Value)];
        message.Write(bytes);
        Assert.Equal(RecordError.InvalidCompression, Up(bytes));
    }

    [Fact]
    public void Offsets_that_do_not_rise_cannot_be_kept()
    {
        byte[] set = [.. Messages(1, CompressionCodec.None), .. Messages(1, CompressionCodec.None)];
        using var builder = new RecordBatchBuilder();
        Assert.Equal(RecordError.InvalidOffset, _converter.ConvertUp(set, keepsOffsets: true, MaximumBytes, builder));
    }

    private static int EntriesOf(ReadOnlySpan<byte> set, byte magic)
    {
        var count = 0;
        var entries = new RecordBatchEnumerator(set);
        while (entries.MoveNext())
        {
            Assert.Equal(magic, entries.Magic);
            count++;
        }

        Assert.Equal(RecordError.None, entries.Error);
        return count;
    }

    private static byte[] Batch(RecordBatchOptions options, int count)
    {
        using var builder = new RecordBatchBuilder(options);
        for (var index = 0; index < count; index++)
        {
            builder.Append(1000 + index, "key"u8, "value"u8, [new("header", [1])]);
        }

        return builder.Build().ToArray();
    }

    private static byte[] Messages(byte magic, CompressionCodec codec)
    {
        using var builder = new LegacyMessageSetBuilder();
        using var set = new PooledBuffer();
        builder.Begin(set, magic, codec);
        builder.Append(0, 1000, "key"u8, "value"u8);
        builder.Append(1, 1001, NullableBytes.Null, "value"u8);
        builder.Complete();
        return set.Span.ToArray();
    }

    private static byte[] Wrapper(byte magic, CompressionCodec codec, NullableBytes value)
    {
        var message = new LegacyMessage { Magic = magic, Codec = codec, Value = value };
        var bytes = new byte[LegacyMessage.SizeOf(magic, NullableBytes.Null, value)];
        message.Write(bytes);
        return bytes;
    }

    private RecordError Up(byte[] set)
    {
        using var builder = new RecordBatchBuilder();
        return _converter.ConvertUp(set, keepsOffsets: false, MaximumBytes, builder);
    }
}
