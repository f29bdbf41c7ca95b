using BenchmarkDotNet.Attributes;
using Spate.Protocol;

namespace Spate.Benchmarks;

/// <summary>
/// The text form of an id is made once for each topic in a description and read once for each line of a metadata file: neither is on
/// the data path, and reading one must still allocate nothing.
/// </summary>
[MemoryDiagnoser]
public class UuidBenchmarks
{
    private readonly Uuid _id = new(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF);
    private readonly string _text = new Uuid(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF).ToString();

    [Benchmark]
    public string Format() => _id.ToString();

    [Benchmark]
    public Uuid Parse() => Uuid.TryParse(_text, out var uuid)
        ? uuid
        : throw new InvalidOperationException($"'{_text}' was formatted by the same type that now refuses it.");
}
