using System.Buffers.Binary;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>Each row is a good batch of three records with one thing wrong.</summary>
public sealed class RefusalTests
{
    private static readonly Dictionary<string, (AppendError Error, Func<byte[]> Make)> Wrongs = new()
    {
        ["nothing at all"] = (AppendError.InvalidRecord, () => []),
        ["cut short"] = (AppendError.CorruptMessage, () => Good()[..^1]),
        ["cut in the length"] = (AppendError.CorruptMessage, () => Good()[..10]),
        ["a byte too many"] = (AppendError.InvalidRecord, () => [.. Good(), 0]),
        ["a length too small for a header"] = (AppendError.CorruptMessage, () => Patched(RecordBatchLayout.BatchLength, 48)),
        ["a negative length"] = (AppendError.CorruptMessage, () => Patched(RecordBatchLayout.BatchLength, -1)),
        ["the greatest length"] = (AppendError.CorruptMessage, () => Patched(RecordBatchLayout.BatchLength, int.MaxValue)),
        ["magic 9"] = (AppendError.CorruptMessage, () => WithByte(RecordBatchLayout.Magic, 9)),
        ["magic 1 in a batch of magic 2"] = (AppendError.InvalidRecord, () => WithByte(RecordBatchLayout.Magic, 1)),
        ["a wrong checksum"] = (AppendError.CorruptMessage, () => WithByte(RecordBatchLayout.Crc, 0x55)),
        ["a flipped bit in a value"] = (AppendError.CorruptMessage, () => WithByte(Good().Length - 9, 0x55)),
        ["two batches"] = (AppendError.InvalidRecord, () => Batches.Concatenate(Good(), Good())),
        ["no records"] = (AppendError.InvalidRecord, () => Batches.Of(RecordBatchOptions.Default)),
        ["a count too high"] = (AppendError.InvalidRecord, () => With(header => header with { RecordCount = 4 })),
        ["a count too high, and the offset delta too"] =
            (AppendError.InvalidRecord, () => With(header => header with { RecordCount = 4, LastOffsetDelta = 3 })),
        ["a count too low"] = (AppendError.InvalidRecord, () => With(header => header with { RecordCount = 2 })),
        ["a count too low, and the offset delta too"] =
            (AppendError.InvalidRecord, () => With(header => header with { RecordCount = 2, LastOffsetDelta = 1 })),
        ["a negative count"] = (AppendError.InvalidRecord, () => With(header => header with { RecordCount = -1 })),
        ["the greatest count"] = (AppendError.InvalidRecord, () => With(header =>
            header with { RecordCount = int.MaxValue, LastOffsetDelta = int.MaxValue - 1 })),
        ["a last offset delta too high"] = (AppendError.InvalidRecord, () => With(header => header with { LastOffsetDelta = 7 })),
        ["a negative last offset delta"] = (AppendError.InvalidRecord, () => With(header => header with { LastOffsetDelta = -1 })),
        ["a base offset"] = (AppendError.InvalidRecord, () => With(header => header with { BaseOffset = 77 })),
        ["a control batch"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(0x20) })),
        ["a delete horizon"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(0x40) })),
        ["an attribute of the future"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(0x80) })),
        ["the attribute's highest bit"] =
            (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(short.MinValue) })),
        ["codec 7"] = (AppendError.UnsupportedCompressionType, () => With(header => header with { Attributes = new(7) })),
        ["log append time"] = (AppendError.InvalidTimestamp, () => With(header => header with { Attributes = new(0x08) })),
        ["transactional without a producer"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(0x10) })),
        ["a producer without a sequence"] =
            (AppendError.InvalidRecord, () => With(header => header with { ProducerId = 4, ProducerEpoch = 0, BaseSequence = -1 })),
        ["a producer without an epoch"] =
            (AppendError.InvalidProducerEpoch, () => With(header => header with { ProducerId = 4, ProducerEpoch = -1, BaseSequence = 0 })),
        ["a timestamp beyond 64 bits"] =
            (AppendError.InvalidTimestamp, () => With(header => header with { BaseTimestamp = long.MaxValue })),
        ["uncompressed records called gzip"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(1) })),
        ["uncompressed records called snappy"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(2) })),
        ["uncompressed records called lz4"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(3) })),
        ["uncompressed records called zstd"] = (AppendError.InvalidRecord, () => With(header => header with { Attributes = new(4) })),
        ["a count too high in gzip"] = (AppendError.InvalidRecord, () => Batches.WithHeader(
            Batches.Compressed(CompressionCodec.Gzip, 3), header => header with { RecordCount = 4, LastOffsetDelta = 3 })),
        ["a record's length too high"] = (AppendError.InvalidRecord, () => WithRecordByte(0, +2)),
        ["a record's length too low"] = (AppendError.InvalidRecord, () => WithRecordByte(0, -2)),
        ["a key's length too high"] = (AppendError.InvalidRecord, () => WithRecordByte(4, +2)),
        ["a key's length below -1"] = (AppendError.InvalidRecord, () => WithRecordByte(4, -(5 * 2) - 3)),
    };

    public static TheoryData<string> Names => [.. Wrongs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Validate_OneThingWrong_IsRefused(string name)
    {
        var (error, make) = Wrongs[name];

        using var result = BatchValidator.Validate(make(), ValidationRequests.FromClient());

        Assert.Equal(error, result.Error);
        Assert.False(string.IsNullOrWhiteSpace(result.Failure!.Message));
        Assert.Empty(result.Failure.Records);
        Assert.False(result.IsValid);
        Assert.True(result.Records.IsEmpty);
    }

    [Fact]
    public void Validate_NothingWrong_IsTaken()
    {
        using var result = BatchValidator.Validate(Good(), ValidationRequests.FromClient());

        Assert.Null(result.Failure);
    }

    [Fact]
    public void Validate_BatchOfTheMaximumSize_IsTakenAndOneByteLessIsNot()
    {
        var fits = new ValidationRules { MaximumBatchSize = Good().Length };
        var tooSmall = fits with { MaximumBatchSize = fits.MaximumBatchSize - 1 };

        using var taken = BatchValidator.Validate(Good(), ValidationRequests.FromClient(fits));
        using var refused = BatchValidator.Validate(Good(), ValidationRequests.FromClient(tooSmall));

        Assert.Equal(AppendError.None, taken.Error);
        Assert.Equal(AppendError.MessageTooLarge, refused.Error);
    }

    [Fact]
    public void Validate_ZstdBelowProduce7_IsRefused()
    {
        var request = ValidationRequests.FromClient() with { AcceptsZstd = false };

        using var zstd = BatchValidator.Validate(Batches.Compressed(CompressionCodec.Zstd, 3), request);
        using var lz4 = BatchValidator.Validate(Batches.Compressed(CompressionCodec.Lz4, 3), request);

        Assert.Equal(AppendError.UnsupportedCompressionType, zstd.Error);
        Assert.Equal(AppendError.None, lz4.Error);
    }

    private static byte[] Good() => Batches.Plain(3);

    private static byte[] With(Func<RecordBatchHeader, RecordBatchHeader> change) => Batches.WithHeader(Good(), change);

    private static byte[] Patched(int position, int value)
    {
        var batch = Good();
        BinaryPrimitives.WriteInt32BigEndian(batch.AsSpan(position), value);
        return batch;
    }

    private static byte[] WithByte(int position, byte value)
    {
        var batch = Good();
        Assert.NotEqual(value, batch[position]);
        batch[position] = value;
        return batch;
    }

    // The first record begins with one byte each of length, attributes, timestamp delta, offset delta and key length.
    private static byte[] WithRecordByte(int index, int change)
    {
        var batch = Good();
        batch[RecordBatchLayout.Records + index] = (byte)(batch[RecordBatchLayout.Records + index] + change);
        RecordBatchPatch.RenewCrc(batch);
        return batch;
    }
}
