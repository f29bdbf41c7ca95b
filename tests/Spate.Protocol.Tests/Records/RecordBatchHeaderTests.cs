using System.Buffers.Binary;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Protocol.Tests.Records;

public sealed class RecordBatchHeaderTests
{
    [Fact]
    public void Validate_EveryBitOfTheChecksummedPart_IsGuarded()
    {
        var batch = Batch();
        for (var bit = RecordBatchLayout.Crc * 8; bit < batch.Length * 8; bit++)
        {
            var damaged = (byte[])batch.Clone();
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Equal(RecordError.CrcMismatch, RecordBatchHeader.Validate(damaged, out _));
        }
    }

    [Fact]
    public void Validate_EveryShorterPiece_IsIncomplete()
    {
        var batch = Batch();
        for (var length = 0; length < batch.Length; length++)
        {
            Assert.Equal(RecordError.Incomplete, RecordBatchHeader.Validate(batch.AsSpan(0, length), out _));
        }

        Assert.Equal(RecordError.None, RecordBatchHeader.Validate([.. batch, 1, 2, 3], out var header));
        Assert.Equal(batch.Length, header.BatchSize);
    }

    [Theory]
    [InlineData(-1, RecordError.InvalidBatchLength)]
    [InlineData(48, RecordError.InvalidBatchLength)]
    [InlineData(int.MaxValue, RecordError.InvalidBatchLength)]
    [InlineData(int.MaxValue - 12, RecordError.Incomplete)]
    public void Validate_ALengthThatCannotBe_IsRefused(int length, RecordError expected)
    {
        var batch = Batch();
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(RecordBatchLayout.BatchLength), length);
        Assert.Equal(expected, RecordBatchHeader.Validate(batch, out _));
    }

    [Theory]
    [InlineData(RecordBatchLayout.RecordCount, -1)]
    [InlineData(RecordBatchLayout.RecordCount, 3)]
    [InlineData(RecordBatchLayout.RecordCount, int.MaxValue)]
    [InlineData(RecordBatchLayout.LastOffsetDelta, -1)]
    [InlineData(RecordBatchLayout.LastOffsetDelta, 0)]
    public void Validate_CountsThatCannotBe_AreRefused(int field, int value)
    {
        var batch = Batch();
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(field), value);
        RecordBatchPatch.RenewCrc(batch);
        Assert.Equal(RecordError.InvalidRecordCount, RecordBatchHeader.Validate(batch, out _));
    }

    [Fact]
    public void Validate_AnUnknownCodec_IsRefused()
    {
        var batch = Batch();
        batch[RecordBatchLayout.Attributes + 1] = 5;
        RecordBatchPatch.RenewCrc(batch);
        Assert.Equal(RecordError.InvalidCompression, RecordBatchHeader.Validate(batch, out _));
    }

    [Fact]
    public void Validate_AnotherMagic_IsUnsupported()
    {
        var batch = Batch();
        batch[RecordBatchLayout.Magic] = 1;
        Assert.Equal(RecordError.UnsupportedMagic, RecordBatchHeader.Validate(batch, out _));
    }

    [Fact]
    public void Attributes_AllSet_AreTakenApart()
    {
        var attributes = RecordBatchAttributes.Create(CompressionCodec.Zstd, TimestampType.LogAppendTime, true, true, true);
        Assert.Equal(0x7C, attributes.Value);
        Assert.Equal((CompressionCodec.Zstd, TimestampType.LogAppendTime), (attributes.Codec, attributes.TimestampType));
        Assert.True(attributes is { IsTransactional: true, IsControl: true, HasDeleteHorizon: true });
        Assert.Equal(0x74, attributes.With(TimestampType.CreateTime).Value);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(int.MaxValue, 0, int.MaxValue)]
    [InlineData(int.MaxValue, 1, 0)]
    [InlineData(int.MaxValue - 1, 5, 3)]
    public void AddToSequence_PastTheGreatestInt32_WrapsToZero(int sequence, int increment, int expected) =>
        Assert.Equal(expected, RecordBatchHeader.AddToSequence(sequence, increment));

    private static byte[] Batch()
    {
        using var builder = new RecordBatchBuilder();
        builder.Append(1, "k"u8, "v"u8);
        builder.Append(2, "k"u8, "v"u8);
        return builder.Build().ToArray();
    }
}
