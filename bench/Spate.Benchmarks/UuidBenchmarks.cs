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
    private static readonly Uuid Id = new(0x0123_4567_89AB_4DEF, 0x8123_4567_89AB_CDEF);
    private static readonly string Text = Id.ToString();

    [Benchmark]
    public string Format() => Id.ToString();

    [Benchmark]
    public Uuid Parse() => Uuid.TryParse(Text, out var uuid)
        ? uuid
        : throw new InvalidOperationException($"'{Text}' was formatted by the same type that now refuses it.");
}
