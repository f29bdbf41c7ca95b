using Spate.Protocol.Compression;
using Spate.Protocol.Records;
using Spate.Storage.Validation;

namespace Spate.Storage.Tests.Validation;

/// <summary>Memory that is leased and not given back shows as memory that is allocated again each time.</summary>
public sealed class BufferTests
{
    private const int RecordSize = 200_000;
    private const int Times = 50;

    // A few small objects a verdict; the leased arrays are at least a hundred times as large.
    private const long AllocationMaximum = Times * 4096L;

    private static readonly TestRecord[] Large = [new(1, "01", Convert.ToHexString(NotCompressible()))];

    [Fact]
    public void Validate_RecompressedOverAndOver_GivesItsBuffersBack() => AssertReuses(
        Batches.Of(new RecordBatchOptions { Codec = CompressionCodec.Lz4 }, Large),
        new ValidationRules { TargetCodec = CompressionCodec.Zstd },
        AppendError.None);

    [Fact]
    public void Validate_DecompressedInPlaceOverAndOver_GivesItsBuffersBack() => AssertReuses(
        Batches.Of(new RecordBatchOptions { Codec = CompressionCodec.Lz4 }, Large),
        new ValidationRules(),
        AppendError.None);

    [Fact]
    public void Validate_ConvertedUpOverAndOver_GivesItsBuffersBack() => AssertReuses(
        Batches.Legacy(1, CompressionCodec.Lz4, Large),
        new ValidationRules(),
        AppendError.None);

    [Fact]
    public void Validate_RefusedAfterItWasWrittenAnewOverAndOver_GivesItsBuffersBack() => AssertReuses(
        Batches.Of(new RecordBatchOptions { Codec = CompressionCodec.Lz4 }, [.. Large, new TestRecord(1, "01", new string('0', 100_000))]),
        new ValidationRules { TargetCodec = CompressionCodec.None, MaximumBatchSize = RecordSize + 5000 },
        AppendError.MessageTooLarge);

    private static void AssertReuses(byte[] sent, ValidationRules rules, AppendError expected)
    {
        var memory = sent.ToArray();
        var request = ValidationRequests.FromClient(rules) with { AcceptsLegacyMagic = true };
        Validate();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var count = 0; count < Times; count++)
        {
            Validate();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < AllocationMaximum, $"{allocated} bytes were allocated by {Times} appends.");

        void Validate()
        {
            sent.CopyTo(memory, 0);
            using var result = BatchValidator.Validate(memory, request);
            Assert.Equal(expected, result.Error);
        }
    }

    private static byte[] NotCompressible()
    {
        var bytes = new byte[RecordSize];
        new Random(7).NextBytes(bytes);
        return bytes;
    }
}
