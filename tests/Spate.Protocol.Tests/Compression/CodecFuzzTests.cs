using Spate.Protocol.Compression;
using Spate.Protocol.Tests.Records;

namespace Spate.Protocol.Tests.Compression;

public sealed class CodecFuzzTests
{
    private const int MaximumBytes = 100_000;

    public static TheoryData<CompressionCodec> Codecs => new(Enum.GetValues<CompressionCodec>());

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompress_DamagedBytes_EndsInADefinedOutcomeWithinItsBounds(CompressionCodec codec)
    {
        var originals = new List<byte[]>();
        var makes = new Random(1);
        foreach (var length in new[] { 1, 300, 5_000, 90_000 })
        {
            var plain = new byte[length];
            makes.NextBytes(plain.AsSpan(0, length / 3));
            using var compressed = new PooledBuffer();
            Compressor.Compress(codec, null, plain, compressed);
            originals.Add(compressed.Span.ToArray());
        }

        var outcomes = new int[4];
        using var output = new PooledBuffer();
        Mutation.Run(1500, random =>
        {
            var damaged = Mutation.Damage(originals[random.Next(originals.Count)], random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            var error = Decompressor.Decompress(codec, damaged, MaximumBytes, output, magic: (byte)random.Next(3));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20 * MaximumBytes);
            Assert.InRange(output.Length, 0, error == CompressionError.None ? MaximumBytes : 0);
            outcomes[(int)error]++;
        });
        Assert.Equal(0, outcomes[(int)CompressionError.UnknownCodec]);
        Assert.True(codec == CompressionCodec.None || outcomes[(int)CompressionError.Corrupt] > 100, string.Join(' ', outcomes));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompress_RandomBytes_EndsInADefinedOutcome(CompressionCodec codec)
    {
        using var output = new PooledBuffer();
        Mutation.Run(1500, random =>
        {
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            Decompressor.Decompress(codec, bytes, MaximumBytes, output, magic: (byte)random.Next(3));
            Assert.InRange(output.Length, 0, MaximumBytes);
        });
    }
}
