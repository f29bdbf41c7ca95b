using System.Buffers.Binary;
using System.IO.Hashing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class LegacyTests
{
    private static readonly CompressionCodec[] OldCodecs =
        [CompressionCodec.None, CompressionCodec.Gzip, CompressionCodec.Snappy, CompressionCodec.Lz4];

    public static TheoryData<byte, CompressionCodec, CompressionCodec?> Formats
    {
        get
        {
            var rows = new TheoryData<byte, CompressionCodec, CompressionCodec?>();
            foreach (var codec in OldCodecs)
            {
                foreach (var target in new CompressionCodec?[] { null, CompressionCodec.None, CompressionCodec.Zstd })
                {
                    rows.Add(0, codec, target);
                    rows.Add(1, codec, target);
                }
            }

            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Validate_OldMessageSet_BecomesOneBatchOfMagic2(byte magic, CompressionCodec codec, CompressionCodec? target)
    {
        var request = Request(new ValidationRules { TargetCodec = target });

        using var result = BatchValidator.Validate(Batches.Legacy(magic, codec, Batches.Records(5)), request);

        Assert.True(result.IsReplaced);
        Assert.Equal(1, result.Summary.BatchCount);
        Assert.Equal(5, result.Summary.RecordCount);
        Assert.Equal(magic == 0 ? -1 : Batches.FirstTimestamp + 4, result.Summary.MaxTimestamp);
        Assert.Equal(target ?? codec, Batches.Header(result.Records.Span).Codec);
        Batches.AssertHolds(AsOld(magic, Batches.Records(5)), result);
    }

    [Fact]
    public void Validate_OldMessages_TakeTheTimeOfTheAppend()
    {
        var request = Request(new ValidationRules { TimestampType = TimestampType.LogAppendTime });

        using var result = BatchValidator.Validate(Batches.Legacy(0, CompressionCodec.Gzip, Batches.Records(2)), request);

        Batches.AssertHolds(AsOld(1, Batches.Records(2)).Select(record => record with { Timestamp = ValidationRequests.NowMs }), result);
        Assert.Equal(ValidationRequests.NowMs, result.Summary.MaxTimestamp);
    }

    [Fact]
    public void Validate_SeveralWrappers_AreNumberedOn()
    {
        var set = Batches.Concatenate(
            Batches.Legacy(1, CompressionCodec.Gzip, Batches.Records(2)),
            Batches.Legacy(1, CompressionCodec.None, Batches.Records(2)),
            Batches.Legacy(0, CompressionCodec.Snappy, Batches.Records(1)));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules()));

        Assert.Equal(CompressionCodec.Snappy, Batches.Header(result.Records.Span).Codec);
        Batches.AssertHolds([.. AsOld(1, Batches.Records(2)), .. AsOld(1, Batches.Records(2)), .. AsOld(0, Batches.Records(1))], result);
    }

    [Fact]
    public void Validate_OldMessagesWithoutKeyInACompactedTopic_NamesThem()
    {
        var set = Batches.Legacy(1, CompressionCodec.None, new TestRecord(1, "01", "02"), new TestRecord(1, null, "02"));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules { IsCompacted = true }));

        Assert.Equal(AppendError.InvalidRecord, result.Error);
        Assert.Equal(1, Assert.Single(result.Failure!.Records).BatchIndex);
    }

    [Fact]
    public void Validate_OldMessagesOutOfTheBoundsOfTime_NamesThem()
    {
        var set = Batches.Legacy(
            1, CompressionCodec.Lz4, new TestRecord(1, "01", "02"), new TestRecord(ValidationRequests.NowMs, "01", "02"));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules { TimestampBeforeMaximumMs = 1000 }));

        Assert.Equal(AppendError.InvalidTimestamp, result.Error);
        Assert.Equal(0, Assert.Single(result.Failure!.Records).BatchIndex);
    }

    [Fact]
    public void Validate_FromProduce3On_OldMessagesAreRefused()
    {
        using var result = BatchValidator.Validate(
            Batches.Legacy(1, CompressionCodec.None, Batches.Records(1)), ValidationRequests.FromClient());

        Assert.Equal(AppendError.InvalidRecord, result.Error);
    }

    [Fact]
    public void Validate_OneBatchOfMagic2WhereOldOnesMayCome_IsTaken()
    {
        using var result = BatchValidator.Validate(Batches.Plain(2), Request(new ValidationRules()));

        Batches.AssertHolds(Batches.Records(2), result);
    }

    [Fact]
    public void Validate_OldAndNewTogether_IsRefused()
    {
        var old = Batches.Legacy(1, CompressionCodec.None, Batches.Records(1));

        using var oldFirst = BatchValidator.Validate(Batches.Concatenate(old, Batches.Plain(1)), Request(new ValidationRules()));
        using var newFirst = BatchValidator.Validate(Batches.Concatenate(Batches.Plain(1), old), Request(new ValidationRules()));

        Assert.Equal(AppendError.InvalidRecord, oldFirst.Error);
        Assert.Equal(AppendError.InvalidRecord, newFirst.Error);
    }

    [Fact]
    public void Validate_OldMessageAboveTheMaximum_IsTooLarge()
    {
        var set = Batches.Legacy(1, CompressionCodec.None, new TestRecord(1, "01", Convert.ToHexString(new byte[500])));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules { MaximumBatchSize = 400 }));

        Assert.Equal(AppendError.MessageTooLarge, result.Error);
    }

    [Fact]
    public void Validate_OldMessagesTogetherAboveTheMaximum_AreTooLarge()
    {
        var set = Batches.Legacy(
            1, CompressionCodec.None, Enumerable.Repeat(new TestRecord(1, "01", Convert.ToHexString(new byte[200])), 5));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules { MaximumBatchSize = 400 }));

        Assert.Equal(AppendError.MessageTooLarge, result.Error);
    }

    [Fact]
    public void Validate_OldBomb_IsTooLarge()
    {
        var set = Batches.Legacy(1, CompressionCodec.Gzip, Enumerable.Repeat(new TestRecord(1, "01", new string('0', 200_000)), 20));

        using var result = BatchValidator.Validate(set, Request(new ValidationRules { DecompressedSizeMaximum = 1_000_000 }));

        Assert.Equal(AppendError.MessageTooLarge, result.Error);
    }

    [Theory]
    [InlineData(0x08, AppendError.InvalidTimestamp)]
    [InlineData(0x01, AppendError.InvalidRecord)]
    [InlineData(0x04, AppendError.UnsupportedCompressionType)]
    [InlineData(0x07, AppendError.UnsupportedCompressionType)]
    public void Validate_OldMessageWithAttributesThatDoNotFit_IsRefused(byte attributes, AppendError expected)
    {
        var message = Batches.Legacy(1, CompressionCodec.None, Batches.Records(1));
        message[LegacyMessageLayout.Attributes] = attributes;
        BinaryPrimitives.WriteUInt32BigEndian(
            message.AsSpan(LegacyMessageLayout.Crc), Crc32.HashToUInt32(message.AsSpan(LegacyMessageLayout.Magic)));

        using var result = BatchValidator.Validate(message, Request(new ValidationRules()));

        Assert.Equal(expected, result.Error);
    }

    [Theory]
    [InlineData(CompressionCodec.None)]
    [InlineData(CompressionCodec.Gzip)]
    public void Validate_OldMessageWithAFlippedBit_IsCorrupt(CompressionCodec codec)
    {
        var set = Batches.Legacy(1, codec, Batches.Records(3));
        set[^1] ^= 1;

        using var result = BatchValidator.Validate(set, Request(new ValidationRules()));

        Assert.Equal(AppendError.CorruptMessage, result.Error);
    }

    [Fact]
    public void Validate_OldMessageCutShort_IsCorrupt()
    {
        var set = Batches.Legacy(1, CompressionCodec.None, Batches.Records(3));

        using var result = BatchValidator.Validate(set.AsMemory(..^1), Request(new ValidationRules()));

        Assert.Equal(AppendError.CorruptMessage, result.Error);
    }

    private static ValidationRequest Request(ValidationRules rules) =>
        ValidationRequests.FromClient(rules) with { AcceptsLegacyMagic = true };

    private static IEnumerable<TestRecord> AsOld(byte magic, IEnumerable<TestRecord> records) =>
        records.Select(record => record with { Timestamp = magic == 0 ? -1 : record.Timestamp, Headers = "" });
}
