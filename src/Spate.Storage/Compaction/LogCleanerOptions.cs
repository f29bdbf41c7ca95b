using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Storage.Directories;

namespace Spate.Storage.Compaction;

/// <summary>
/// The bounds of a <see cref="LogCleaner"/>: Kafka's <c>log.cleaner.*</c> keys and their defaults. Immutable; when one changes, the cleaner
/// gets others, see <see cref="LogCleaner.Options"/>.
/// </summary>
public sealed record LogCleanerOptions
{
    private const int SmallestIoBuffer = 4096;

    /// <summary><c>log.cleaner.threads</c>: logs that are cleaned at a time, from 1. Default 1.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>
    /// <c>log.cleaner.dedupe.buffer.size</c>: bytes in which all threads together note keys, 24 for each; taken only while a log is cleaned. A log
    /// with more dirty keys is cleaned in several goes. Default 128 MiB.
    /// </summary>
    public long DedupeBufferSize { get; init; } = 128 << 20;

    /// <summary>
    /// <c>log.cleaner.io.buffer.load.factor</c>: the part of that memory that is filled, above 0 and at most 1. More cleans more at a time and
    /// searches longer. Default 0.9.
    /// </summary>
    public double DedupeBufferLoadFactor { get; init; } = 0.9;

    /// <summary>
    /// <c>log.cleaner.io.buffer.size</c>: bytes in which all threads together read and write, half of it each; a thread has 4 KiB of either at
    /// least, and more while it deals with a batch that is larger. Default 512 KiB.
    /// </summary>
    public int IoBufferSize { get; init; } = 512 << 10;

    /// <summary>
    /// <c>log.cleaner.io.max.bytes.per.second</c>: what all threads together may read and write, above 0. Default: no limit.
    /// </summary>
    public double MaxBytesPerSecond { get; init; } = double.MaxValue;

    /// <summary><c>log.cleaner.backoff.ms</c>: how long a thread rests that found nothing to clean. Default 15 seconds.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(15);

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Told when the disk of a root has failed, by the thread that met the error: the root is to be taken offline, as
    /// <see cref="LogStore.Fail(LogDirectory, Exception)"/> does.
    /// </summary>
    public required Action<LogDirectory, Exception> OnFailure { get; init; }

    /// <summary>Told of every log that has been cleaned, for metrics, by the thread that did it.</summary>
    public Action<CleaningResult>? OnCleaned { get; init; }

    internal long DedupeBufferSizeOfThread => Math.Max(DedupeBufferSize / Threads, 2 * OffsetMap.SlotSize);

    internal int IoBufferSizeOfThread => Math.Max(IoBufferSize / Threads / 2, SmallestIoBuffer);
}
