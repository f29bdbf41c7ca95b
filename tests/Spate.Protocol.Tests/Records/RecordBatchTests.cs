using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordBatchTests
{
    [Theory]
    [InlineData("0E000000020476", RecordError.InvalidRecordLength)]
    [InlineData("0C000000000000", RecordError.None)]
    [InlineData("0C00000000000000", RecordError.TrailingBytes)]
    [InlineData("0C000000030000", RecordError.InvalidKeyLength)]
    [InlineData("0C000000000300", RecordError.InvalidValueLength)]
    [InlineData("0C000000400000", RecordError.InvalidKeyLength)]
    [InlineData("0C000000004000", RecordError.InvalidValueLength)]
    [InlineData("0C000000000002", RecordError.InvalidHeader)]
    [InlineData("0C000000000001", RecordError.InvalidHeader)]
    [InlineData("1000000000000201010000", RecordError.InvalidHeader)]
    [InlineData("0E0000000000000000", RecordError.InvalidRecordLength)]
    [InlineData("0A000000000000", RecordError.InvalidRecordLength)]
    [InlineData("80808080800100", RecordError.InvalidVarint)]
    [InlineData("0C00FFFFFFFFFF", RecordError.InvalidVarint)]
    [InlineData("1A00FFFFFFFFFFFFFFFFFF02000000", RecordError.InvalidVarint)]
    [InlineData("1E00FFFFFFFFFFFFFFFFFF0100000000", RecordError.None)]
    public void Inspect_OneRecord_SaysWhatIsWrongWithIt(string hex, RecordError expected)
    {
        var bytes = Convert.FromHexString(hex);
        Assert.Equal(expected, RecordBatch.Inspect(bytes, 1, out _));
        var records = new RecordEnumerator(bytes, 1);
        while (records.MoveNext())
        {
        }

        Assert.Equal(expected, records.Error);
    }

    [Fact]
    public void Inspect_MoreRecordsThanBytesCouldHold_IsRefusedAtOnce() =>
        Assert.Equal(RecordError.InvalidRecordCount, RecordBatch.Inspect(new byte[13], 2, out _));

    [Fact]
    public void Inspect_OffsetsWithAGap_AreNotContiguous()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(5, "k"u8, "v"u8);
        builder.AppendAt(2, 3, "k"u8, "v"u8);
        var batch = builder.Build().Span;
        Assert.Equal(RecordError.None, RecordBatch.Inspect(batch[RecordBatchHeader.Size..], 2, out var summary));
        Assert.False(summary.HasContiguousOffsets);
        Assert.False(summary.HasNullKey);
        Assert.Equal((2, -2, 0, 0), (summary.LastOffsetDelta, summary.MinTimestampDelta, summary.MaxTimestampDelta, summary.OffsetDeltaOfMaxTimestamp));
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void Build_WhatCompactionLeaves_KeepsTheBatchItsOffsetsAndItsDeleteHorizon(CompressionCodec codec)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions
        {
            BaseOffset = 100,
            LastOffset = 199,
            Codec = codec,
            DeleteHorizon = 5000,
            ProducerId = 4,
            ProducerEpoch = 0,
            BaseSequence = 10,
        });
        builder.AppendAt(150, 1234, "k"u8, NullableBytes.Null);
        var batch = builder.Build().ToArray();
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal((100, 199, 200, 109), (header.BaseOffset, header.LastOffset, header.NextOffset, header.LastSequence));
        Assert.Equal((5000, 1234), (header.DeleteHorizon, header.MaxTimestamp));
        var record = Assert.Single(OwnedRecord.ReadAll(batch, 1000));
        Assert.Equal((150, 1234), (record.Offset, record.Timestamp));
    }

    [Fact]
    public void Build_NothingLeft_IsAHeaderThatStillReachesItsLastOffset()
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = 7, LastOffset = 9, Codec = CompressionCodec.Zstd, ProducerId = 4 });
        var batch = builder.Build().ToArray();
        Assert.Equal(RecordBatchHeader.Size, batch.Length);
        Assert.Equal(RecordError.None, RecordBatchHeader.Validate(batch, out var header));
        Assert.Equal((10, 0, CompressionCodec.None), (header.NextOffset, header.RecordCount, header.Codec));
        Assert.Empty(OwnedRecord.ReadAll(batch, 1000));
    }

    [Fact]
    public void ReadAll_ACorruptBatch_ThrowsAndSaysWhere()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(5, "k"u8, "v"u8);
        var good = builder.Build().ToArray();
        byte[] log = [.. good, .. good];
        log[^1] ^= 1;
        var exception = Assert.Throws<InvalidRecordsException>(() => OwnedRecord.ReadAll(log, 1000));
        Assert.Equal((RecordError.CrcMismatch, good.Length), (exception.Error, exception.Position));
    }
}
