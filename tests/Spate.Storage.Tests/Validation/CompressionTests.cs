using System.Runtime.InteropServices;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

public sealed class CompressionTests
{
    public static TheoryData<CompressionCodec> Codecs => [.. Enum.GetValues<CompressionCodec>()];

    public static TheoryData<CompressionCodec, CompressionCodec> CodecPairs
    {
        get
        {
            var pairs = new TheoryData<CompressionCodec, CompressionCodec>();
            foreach (var from in Enum.GetValues<CompressionCodec>())
            {
                foreach (var to in Enum.GetValues<CompressionCodec>())
                {
                    pairs.Add(from, to);
                }
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Validate_CodecOfTheProducer_PatchesTheSameMemory(CompressionCodec codec)
    {
        var memory = Batches.Compressed(codec, 20);
        var content = memory[RecordBatchLayout.Records..];

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        Assert.False(result.IsReplaced);
        Assert.True(MemoryMarshal.TryGetArray<byte>(result.Records, out var patched));
        Assert.Same(memory, patched.Array);
        Assert.Equal(content, memory[RecordBatchLayout.Records..]);
        Assert.Equal(ValidationRequests.LeaderEpoch, Batches.Header(memory).PartitionLeaderEpoch);
        Batches.AssertHolds(Batches.Records(20), result);
    }

    [Theory]
    [MemberData(nameof(CodecPairs))]
    public void Validate_CodecOfTheTopic_RecompressesWhenItIsAnother(CompressionCodec from, CompressionCodec to)
    {
        var memory = Batches.Of(
            new RecordBatchOptions { Codec = from, ProducerId = 9, ProducerEpoch = 2, BaseSequence = 17, IsTransactional = true },
            Batches.Records(20));

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient(new ValidationRules { TargetCodec = to }));

        Assert.Equal(from != to, result.IsReplaced);
        var header = Batches.Header(result.Records.Span);
        Assert.Equal(to, header.Codec);
        Assert.Equal((9L, (short)2, 17, 36), (header.ProducerId, header.ProducerEpoch, header.BaseSequence, header.LastSequence));
        Assert.True(header.IsTransactional);
        Assert.Equal(ValidationRequests.LeaderEpoch, header.PartitionLeaderEpoch);
        Assert.Equal(Batches.FirstTimestamp + 19, header.MaxTimestamp);
        Batches.AssertHolds(Batches.Records(20), result);
    }

    [Fact]
    public void Validate_LevelOfTheTopic_IsUsed()
    {
        var records = Enumerable.Range(0, 2000).Select(index =>
            new TestRecord(index, Batches.Hex($"{index * 7919}"), Batches.Hex($"{index * 104729}")));
        var plain = Batches.Of(RecordBatchOptions.Default, records);

        var fast = SizeAt(1);
        var thorough = SizeAt(19);

        Assert.True(thorough < fast, $"level 1 gave {fast} bytes, level 19 gave {thorough}");

        int SizeAt(int level)
        {
            var rules = new ValidationRules { TargetCodec = CompressionCodec.Zstd, CompressionLevel = level };
            using var result = BatchValidator.Validate(plain.ToArray(), ValidationRequests.FromClient(rules));
            return result.Records.Length;
        }
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, null)]
    [InlineData(CompressionCodec.Gzip, CompressionCodec.Zstd)]
    public void Validate_LogAppendTime_StandsForEveryRecord(CompressionCodec from, CompressionCodec? to)
    {
        var rules = new ValidationRules { TimestampType = TimestampType.LogAppendTime, TargetCodec = to };

        using var result = BatchValidator.Validate(Batches.Compressed(from, 3), ValidationRequests.FromClient(rules));

        Batches.AssertHolds(Batches.Records(3).Select(record => record with { Timestamp = ValidationRequests.NowMs }), result);
        Assert.Equal(ValidationRequests.NowMs, result.Summary.LogAppendTimeMs);
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Validate_OffsetDeltasAllZero_AreNumberedAnew(CompressionCodec codec)
    {
        var memory = Renumbered(codec, _ => 0);

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient());

        Assert.True(result.IsReplaced);
        Assert.Equal(codec, Batches.Header(result.Records.Span).Codec);
        Batches.AssertHolds(Batches.Records(3), result);
    }

    [Fact]
    public void Validate_RecompressedBeyondTheMaximum_IsTooLarge()
    {
        var memory = Batches.Of(
            new RecordBatchOptions { Codec = CompressionCodec.Gzip }, new TestRecord(1, "01", Convert.ToHexString(new byte[5000])));
        var rules = new ValidationRules { TargetCodec = CompressionCodec.None, MaximumBatchSize = 4000 };

        using var result = BatchValidator.Validate(memory, ValidationRequests.FromClient(rules));

        Assert.True(memory.Length < rules.MaximumBatchSize);
        Assert.Equal(AppendError.MessageTooLarge, result.Error);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Snappy)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Validate_Bomb_IsTooLarge(CompressionCodec codec)
    {
        var value = new string('0', 200_000);
        var memory = Batches.Of(new RecordBatchOptions { Codec = codec }, Enumerable.Repeat(new TestRecord(1, "01", value), 20));
        var enough = new ValidationRules { DecompressedSizeMaximum = 2_100_000 };
        var bounded = new ValidationRules { DecompressedSizeMaximum = 1_000_000 };

        using var taken = BatchValidator.Validate(memory.ToArray(), ValidationRequests.FromClient(enough));
        using var refused = BatchValidator.Validate(memory, ValidationRequests.FromClient(bounded));

        Assert.Equal(AppendError.None, taken.Error);
        Assert.Equal(AppendError.MessageTooLarge, refused.Error);
    }

    [Theory]
    [InlineData(1048588, 64 * 1048588)]
    [InlineData(0, 16 << 20)]
    [InlineData(1000, 16 << 20)]
    [InlineData(int.MaxValue, 512 << 20)]
    public void DecompressedSizeMaximum_Unset_FollowsTheMaximumBatchSize(int batchSize, int expected) =>
        Assert.Equal(expected, new ValidationRules { MaximumBatchSize = batchSize }.EffectiveDecompressedSizeMaximum);

    [Fact]
    public void Dispose_OfAReplacement_MayBeDoneTwiceAndThroughACopy()
    {
        var result = BatchValidator.Validate(
            Batches.Plain(3), ValidationRequests.FromClient(new ValidationRules { TargetCodec = CompressionCodec.Gzip }));
        var copy = result;

        result.Dispose();
        copy.Dispose();
        result.Dispose();

        using var first = BatchValidator.Validate(
            Batches.Plain(3), ValidationRequests.FromClient(new ValidationRules { TargetCodec = CompressionCodec.Gzip }));
        using var second = BatchValidator.Validate(
            Batches.Plain(3), ValidationRequests.FromClient(new ValidationRules { TargetCodec = CompressionCodec.Gzip }));
        Assert.False(first.Records.Span.Overlaps(second.Records.Span));
    }

    // Three records whose offset deltas are what the function makes of 0, 1 and 2.
    private static byte[] Renumbered(CompressionCodec codec, Func<int, byte> encodedDelta)
    {
        var plain = Batches.Plain(3);
        var position = RecordBatchLayout.Records;
        for (var index = 0; index < 3; index++)
        {
            Assert.Equal(index * 2, plain[position + 3]);
            plain[position + 3] = encodedDelta(index);
            position += 1 + (plain[position] / 2);
        }

        using var compressed = new PooledBuffer();
        Compressor.Compress(codec, null, plain.AsSpan(RecordBatchLayout.Records), compressed);
        byte[] batch = [.. plain[..RecordBatchLayout.Records], .. compressed.Span];
        return Batches.WithHeader(batch, header => header with
        {
            Attributes = RecordBatchAttributes.Create(codec),
            BatchLength = batch.Length - RecordBatchLayout.LogOverhead,
        });
    }
}
