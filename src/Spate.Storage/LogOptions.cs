using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Spate.Storage.Files;

namespace Spate.Storage;

/// <summary>All that a log needs to be opened. Immutable.</summary>
public sealed record LogOptions
{
    /// <summary>The partition's directory, an absolute path; it is created when it is not there.</summary>
    public required string Directory { get; init; }

    /// <summary>The files of the data directory, shared by all logs in it.</summary>
    public required FilePool Files { get; init; }

    /// <summary>The topic's configuration; replaced later through <see cref="PartitionLog.Config"/>.</summary>
    public LogConfig Config { get; init; } = new();

    /// <summary>What <c>log-start-offset-checkpoint</c> says of the partition; the default is 0, which leaves it to the segments.</summary>
    public long LogStartOffset { get; init; }

    /// <summary>
    /// What <c>recovery-point-offset-checkpoint</c> says of the partition: everything before it is on the disk and is not read again. The default
    /// is 0.
    /// </summary>
    public long RecoveryPoint { get; init; }

    /// <summary>Whether the process that had the log before closed it: then nothing needs to be recovered. The default is false.</summary>
    public bool StoppedCleanly { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where <c>segment.jitter.ms</c> takes its chances from. Used under the log's lock only; not to be shared with other logs.</summary>
    public required Random Random { get; init; }

    /// <summary>Runs the flushes that nobody's thread waits for. The default is the thread pool.</summary>
    public TaskScheduler FlushScheduler { get; init; } = TaskScheduler.Default;

    /// <summary>Told how long each flush of the log took that had something to bring to the disk, by the thread that did it. For figures.</summary>
    public Action<TimeSpan>? OnFlushed { get; init; }

    public ILogger Logger { get; init; } = NullLogger.Instance;
}
