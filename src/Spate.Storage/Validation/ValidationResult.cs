using Spate.Protocol.Compression;

namespace Spate.Storage.Validation;

/// <summary>
/// The verdict on an append: a failure, or bytes that are ready for the log and what there is to know of them. Dispose it once the bytes
/// are written: they may stand in pooled memory. It is a value, so that the usual append allocates nothing; disposing any copy, or twice,
/// is safe.
/// </summary>
public readonly struct ValidationResult : IDisposable
{
    private readonly PooledBuffer? _replacement;

    internal ValidationResult(AppendFailure failure) => Failure = failure;

    internal ValidationResult(Memory<byte> records, PooledBuffer? replacement, in AppendSummary summary)
    {
        Records = records;
        _replacement = replacement;
        Summary = summary;
    }

    /// <summary>Why the append was refused, or null. Where it was, the bytes that were given may have been changed in part.</summary>
    public AppendFailure? Failure { get; }

    public bool IsValid => Failure is null;

    public AppendError Error => Failure?.Error ?? AppendError.None;

    /// <summary>
    /// What to write. The memory that was given, patched where it lies, or a part of it (a fetched set whose last batch was cut short), or
    /// pooled memory, good until <see cref="Dispose"/>.
    /// </summary>
    public Memory<byte> Records { get; }

    /// <summary>Whether <see cref="Records"/> had to be made anew: another codec, another magic, or other offsets inside.</summary>
    public bool IsReplaced => _replacement is not null;

    public AppendSummary Summary { get; }

    /// <summary>The batches of <see cref="Records"/>, in their order, for <c>foreach</c>.</summary>
    public BatchFactsEnumerator Batches => new(Records.Span);

    public void Dispose() => _replacement?.Dispose();
}
