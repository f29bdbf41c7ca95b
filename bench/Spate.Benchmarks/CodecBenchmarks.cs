using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Protocol.Compression;

namespace Spate.Benchmarks;

/// <summary>Each codec at its default level on 64 KiB of text, into a buffer that is used again. No codec at all is the copy that all of them make.</summary>
[MemoryDiagnoser]
public class CodecBenchmarks : IDisposable
{
    private const int TextBytes = 64 << 10;

    private readonly byte[] _text = SampleText.Create(TextBytes);
    private readonly PooledBuffer _buffer = new();
    private byte[] _compressed = [];

    [ParamsAllValues]
    public CompressionCodec Codec { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        Compress();
        _compressed = _buffer.Span.ToArray();
        Decompress();
        if (!_buffer.Span.SequenceEqual(_text))
        {
            throw new InvalidOperationException($"{Codec} gave back another text.");
        }

        Console.WriteLine($"// {Codec}: {TextBytes} bytes of text become {_compressed.Length}");
    }

    [Benchmark]
    public int Compress()
    {
        _buffer.Clear();
        Compressor.Compress(Codec, level: null, _text, _buffer);
        return _buffer.Length;
    }

    [Benchmark]
    public int Decompress()
    {
        var error = Decompressor.Decompress(Codec, _compressed, TextBytes, _buffer);
        return error == CompressionError.None ? _buffer.Length : throw new InvalidOperationException($"{Codec} failed: {error}.");
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _buffer.Dispose();
        GC.SuppressFinalize(this);
    }
}
