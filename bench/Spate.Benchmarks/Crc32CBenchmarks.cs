using BenchmarkDotNet.Attributes;
using Spate.Protocol.Checksums;

namespace Spate.Benchmarks;

/// <summary>The checksum of every batch that comes in: from a header's worth of bytes to the largest batch that is usual.</summary>
[MemoryDiagnoser]
public class Crc32CBenchmarks
{
    private const int Seed = 20_261_123;

    private byte[] _data = [];

    [Params(64, 4 << 10, 64 << 10, 1 << 20)]
    public int Bytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _data = new byte[Bytes];
        new Random(Seed).NextBytes(_data);
    }

    [Benchmark]
    public uint Compute() => Crc32C.Compute(_data);

    /// <summary>The way of processors that cannot multiply long vectors without carries.</summary>
    [Benchmark(Baseline = true)]
    public uint ByInstruction() => ~Crc32CHardware.Append(uint.MaxValue, _data);
}
