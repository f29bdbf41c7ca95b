using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Spate.Protocol;
using Spate.Storage.Files;

namespace Spate.Storage.Directories;

/// <summary>What a <see cref="LogStore"/> needs to be opened.</summary>
public sealed record LogStoreOptions
{
    /// <summary>The roots, opened on the file system of <see cref="Files"/>. They belong to the store from its opening on.</summary>
    public required LogDirectories Directories { get; init; }

    /// <summary>The files of all logs.</summary>
    public required FilePool Files { get; init; }

    /// <summary>The configuration of a log that is found at the start. Asked by several threads at once.</summary>
    public required Func<TopicPartition, LogConfig> ConfigOf { get; init; }

    /// <summary>Seeds what is left to chance in the logs, and makes the names of deleted directories.</summary>
    public required Random Random { get; init; }

    public required ILogger Logger { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told how long each flush of a log took, by the thread that did it. For figures.</summary>
    public Action<TimeSpan>? OnFlushed { get; init; }

    /// <summary>Runs the flushes that nobody's thread waits for. The default is the thread pool.</summary>
    public TaskScheduler FlushScheduler { get; init; } = TaskScheduler.Default;

    /// <summary>
    /// The id of a partition's topic, null when there is no such topic. It decides which log is the right one where a partition lies in two roots,
    /// because its topic was deleted and made again while a root was away. The default knows none.
    /// </summary>
    public Func<TopicPartition, Uuid?> TopicIdOf { get; init; } = static _ => null;

    /// <summary><c>num.recovery.threads.per.data.dir</c>: how many logs of one root are opened, or closed, at a time. From 1; Kafka's default is 2.</summary>
    public int RecoveryThreadsPerDirectory { get; init; } = 2;

    /// <summary>
    /// How many logs of one root are made at a time. Their threads do little but wait for the disk, and file systems make durable in one go what several
    /// wait for. From 1.
    /// </summary>
    public int LogsMadeAtOnce { get; init; } = 16;

    /// <summary>Told how far the opening of the logs has come. The default is one that nobody looks at.</summary>
    public LogOpening Opening { get; init; } = new();

    /// <summary>Topics whose directories belong to somebody else, as the metadata log's does: they are left alone.</summary>
    public IImmutableSet<string> ForeignTopics { get; init; } = ImmutableHashSet<string>.Empty;
}
