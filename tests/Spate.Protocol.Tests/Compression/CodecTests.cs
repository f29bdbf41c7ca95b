using System.Buffers.Binary;
using Spate.Protocol.Compression;

namespace Spate.Protocol.Tests.Compression;

public sealed class CodecTests
{
    public static TheoryData<CompressionCodec> Codecs => new(Enum.GetValues<CompressionCodec>());

    public static TheoryData<CompressionCodec> RealCodecs => new(Enum.GetValues<CompressionCodec>().Where(codec => codec != CompressionCodec.None));

    public static TheoryData<CompressionCodec, int> Levels => new()
    {
        { CompressionCodec.Gzip, -1 },
        { CompressionCodec.Gzip, 1 },
        { CompressionCodec.Gzip, 9 },
        { CompressionCodec.Lz4, 1 },
        { CompressionCodec.Lz4, 9 },
        { CompressionCodec.Lz4, 17 },
        { CompressionCodec.Zstd, -131072 },
        { CompressionCodec.Zstd, 1 },
        { CompressionCodec.Zstd, 22 },
    };

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompress_WhatWasCompressed_GivesItBack(CompressionCodec codec)
    {
        var random = new Random(11);
        foreach (var length in new[] { 0, 1, 15, 1000, 32 * 1024, (32 * 1024) + 1, 100_000, 3_000_000 })
        {
            var incompressible = new byte[length];
            random.NextBytes(incompressible);
            foreach (var plain in new[] { incompressible, new byte[length], Text(length) })
            {
                for (byte magic = 0; magic <= 2; magic++)
                {
                    Assert.Equal(plain, Decompress(codec, Compress(codec, null, plain, magic), length, magic));
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Compress_AtTheEndsOfTheLevels_GivesBackWhatWentIn(CompressionCodec codec, int level)
    {
        var plain = Text(50_000);
        Assert.Equal(plain, Decompress(codec, Compress(codec, level, plain), plain.Length));
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip, 0)]
    [InlineData(CompressionCodec.Gzip, 10)]
    [InlineData(CompressionCodec.Snappy, 1)]
    [InlineData(CompressionCodec.Lz4, 0)]
    [InlineData(CompressionCodec.Lz4, 18)]
    [InlineData(CompressionCodec.Zstd, 23)]
    [InlineData(CompressionCodec.Zstd, -131073)]
    public void Compress_ALevelThatTheCodecDoesNotHave_IsRefused(CompressionCodec codec, int level)
    {
        Assert.False(CompressionLevels.IsValid(codec, level));
        Assert.Throws<ArgumentOutOfRangeException>(() => Compress(codec, level, [1]));
    }

    [Theory]
    [MemberData(nameof(Codecs))]
    public void Decompress_OneByteMoreThanAllowed_IsTooLarge(CompressionCodec codec)
    {
        var plain = Text(70_000);
        var compressed = Compress(codec, null, plain);
        using var output = new PooledBuffer();
        Assert.Equal(CompressionError.TooLarge, Decompressor.Decompress(codec, compressed, plain.Length - 1, output));
        Assert.Equal(0, output.Length);
        Assert.Equal(CompressionError.None, Decompressor.Decompress(codec, compressed, plain.Length, output));
    }

    [Theory]
    [MemberData(nameof(RealCodecs))]
    public void Decompress_ABomb_IsRefusedWithoutTheMemoryItAsksFor(CompressionCodec codec)
    {
        var bomb = Compress(codec, null, new byte[64 * 1024 * 1024]);
        using var output = new PooledBuffer();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(CompressionError.TooLarge, Decompressor.Decompress(codec, bomb, 1_000_000, output));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8_000_000);
    }

    [Theory]
    [MemberData(nameof(RealCodecs))]
    public void Decompress_Truncated_IsCorrupt(CompressionCodec codec)
    {
        var compressed = Compress(codec, null, Text(40_000));
        using var output = new PooledBuffer();
        foreach (var length in Enumerable.Range(0, 40).Concat([compressed.Length / 2, compressed.Length - 5, compressed.Length - 1]))
        {
            // Java's framing without a block is its form of nothing at all.
            if (codec != CompressionCodec.Snappy || length != 16)
            {
                Assert.Equal(CompressionError.Corrupt, Decompressor.Decompress(codec, compressed.AsSpan(0, length), 1 << 20, output));
            }
        }
    }

    [Fact]
    public void Decompress_ABareSnappyBlock_IsReadAsLibrdkafkaSendsIt()
    {
        // A literal of five bytes, and a copy of four bytes from five back.
        Assert.Equal("hellohell"u8.ToArray(), Decompress(CompressionCodec.Snappy, Convert.FromHexString("091068656C6C6F0105"), 100));
        Assert.Equal([], Decompress(CompressionCodec.Snappy, [0], 100));
    }

    [Fact]
    public void Compress_Snappy_UsesTheFramingOfTheJavaClient()
    {
        var compressed = Compress(CompressionCodec.Snappy, null, "hello"u8.ToArray());
        Assert.Equal("82534E41505059000000000100000001" + "00000007" + "051068656C6C6F", Convert.ToHexString(compressed));
    }

    [Fact]
    public void Decompress_SnappyStreamsJoined_ReadsBoth()
    {
        var one = Compress(CompressionCodec.Snappy, null, Text(40_000));
        var both = Decompress(CompressionCodec.Snappy, [.. one, .. one], 80_000);
        Assert.Equal([.. Text(40_000), .. Text(40_000)], both);
    }

    [Theory]
    [InlineData("FFFFFFFF0F", 1_000_000, CompressionError.TooLarge)]
    [InlineData("80E1EB17", 100_000_000, CompressionError.Corrupt)]
    [InlineData("FFFFFFFFFF", 1_000_000, CompressionError.Corrupt)]
    public void Decompress_ASnappyHeaderThatLies_AllocatesNothing(string header, int maximumBytes, CompressionError expected)
    {
        byte[] block = [.. Convert.FromHexString(header), 0, 1, 2, 3];
        using var output = new PooledBuffer();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(expected, Decompressor.Decompress(CompressionCodec.Snappy, block, maximumBytes, output));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    [Theory]
    [InlineData(CompressionCodec.Gzip)]
    [InlineData(CompressionCodec.Lz4)]
    [InlineData(CompressionCodec.Zstd)]
    public void Decompress_FramesJoined_ReadsBoth(CompressionCodec codec)
    {
        var one = Compress(codec, null, Text(40_000));
        Assert.Equal([.. Text(40_000), .. Text(40_000)], Decompress(codec, [.. one, .. one], 80_000));
    }

    [Fact]
    public void Decompress_GzipOfAnyLength_IsToldFromItsFirstBytes()
    {
        // The class library reads 8 KiB at a time: the end of the stream falls on, before and after the end of such a piece.
        var plain = new byte[16_600];
        new Random(3).NextBytes(plain);
        using var output = new PooledBuffer();
        foreach (var length in Enumerable.Range(8100, 200).Concat(Enumerable.Range(16_300, 200)))
        {
            var compressed = Compress(CompressionCodec.Gzip, null, plain[..length]);
            Assert.Equal(CompressionError.None, Decompressor.Decompress(CompressionCodec.Gzip, compressed, length, output));
            Assert.Equal(length, output.Length);
            for (var missing = 1; missing < 12; missing++)
            {
                Assert.Equal(CompressionError.Corrupt, Decompressor.Decompress(CompressionCodec.Gzip, compressed.AsSpan(0, compressed.Length - missing), 1 << 20, output));
            }
        }
    }

    [Fact]
    public void Compress_Lz4ForMagic0_CarriesTheOldHeaderChecksum()
    {
        var right = Compress(CompressionCodec.Lz4, null, "hello"u8.ToArray(), magic: 1);
        var old = Compress(CompressionCodec.Lz4, null, "hello"u8.ToArray(), magic: 0);
        Assert.Equal("04224D18604082", Convert.ToHexString(right.AsSpan(0, 7)));
        Assert.Equal(Convert.ToHexString(right.AsSpan(0, 6)), Convert.ToHexString(old.AsSpan(0, 6)));
        Assert.NotEqual(right[6], old[6]);
        Assert.Equal(right[7..], old[7..]);
        Assert.Equal("hello"u8.ToArray(), Decompress(CompressionCodec.Lz4, old, 10, magic: 0));
        Assert.Equal("hello"u8.ToArray(), Decompress(CompressionCodec.Lz4, right, 10, magic: 0));
        using var output = new PooledBuffer();
        Assert.Equal(CompressionError.Corrupt, Decompressor.Decompress(CompressionCodec.Lz4, old, 10, output, magic: 1));
    }

    [Fact]
    public void Decompress_AZstdHeaderThatPromisesTerabytes_IsAnOutcome()
    {
        // A frame header with an eight-byte content size and a window to match, then nothing.
        var frame = new byte[14];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, 0xFD2FB528);
        frame[4] = 0xE0;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(5), 1L << 42);
        using var output = new PooledBuffer();
        Assert.Equal(CompressionError.Corrupt, Decompressor.Decompress(CompressionCodec.Zstd, frame, 1 << 20, output));
    }

    [Fact]
    public void Decompress_ACodecThatDoesNotExist_SaysSo()
    {
        using var output = new PooledBuffer();
        Assert.Equal(CompressionError.UnknownCodec, Decompressor.Decompress((CompressionCodec)5, [1], 10, output));
    }

    [Fact]
    public void Decompress_FromManyThreads_SharesContextsSafely()
    {
        var plain = Text(30_000);
        var compressed = Enum.GetValues<CompressionCodec>().ToDictionary(codec => codec, codec => Compress(codec, null, plain));
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, round =>
        {
            var codec = (CompressionCodec)(round % 5);
            Assert.Equal(plain, Decompress(codec, compressed[codec], plain.Length));
            using var output = new PooledBuffer();
            Assert.NotEqual(CompressionError.None, Decompressor.Decompress(codec, compressed[codec], 100, output));
        });
    }

    [Fact]
    public void IsAvailable_WhereTheLibrariesAre_IsTrue() =>
        Assert.All(Enum.GetValues<CompressionCodec>(), codec => Assert.True(Compressor.IsAvailable(codec)));

    private static byte[] Text(int length)
    {
        var random = new Random(5);
        var text = new byte[length];
        for (var index = 0; index < length; index++)
        {
            text[index] = (byte)('a' + (random.Next(26) * random.Next(26) / 26));
        }

        return text;
    }

    private static byte[] Compress(CompressionCodec codec, int? level, byte[] plain, byte magic = 2)
    {
        using var output = new PooledBuffer();
        Compressor.Compress(codec, level, plain, output, magic);
        return output.Span.ToArray();
    }

    private static byte[] Decompress(CompressionCodec codec, byte[] compressed, int maximumBytes, byte magic = 2)
    {
        using var output = new PooledBuffer();
        Assert.Equal(CompressionError.None, Decompressor.Decompress(codec, compressed, maximumBytes, output, magic));
        return output.Span.ToArray();
    }
}
