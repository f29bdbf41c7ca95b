using BenchmarkDotNet.Attributes;
using Spate.Benchmarks.Samples;
using Spate.Storage.Validation;

namespace Spate.Benchmarks;

/// <summary>
/// Validates a batch of 64 KiB, not compressed, where it lies: header, checksum, every record, new offsets. See
/// <see cref="ProducedBatch"/> for how the same batch can be validated again.
/// </summary>
[MemoryDiagnoser]
public class BatchValidatorBenchmarks
{
    private const int BatchBytes = 64 << 10;

    private readonly ValidationRequest _request = new()
    {
        Rules = new ValidationRules(),
        NextOffset = 1_000_000,
        LeaderEpoch = 3,
        NowMs = 1_790_000_000_000,
    };

    private ProducedBatch _batch = null!;

    /// <summary>Bytes of each record's value.</summary>
    [Params(100, 1 << 10)]
    public int RecordBytes { get; set; }

    [GlobalSetup]
    public void Setup() => _batch = new ProducedBatch(BatchBytes, RecordBytes);

    [Benchmark]
    public long Validate()
    {
        using var result = BatchValidator.Validate(_batch.Renewed(), _request);
        return result.IsValid && !result.IsReplaced
            ? result.Summary.RecordCount
            : throw new InvalidOperationException($"The batch was not taken as it is: {result.Error}.");
    }
}
