namespace Spate.Coordination.Runtime;

/// <summary>The bounds of a shard.</summary>
public sealed record ShardOptions
{
    /// <summary>
    /// The most commands that may wait in a shard, to be run or for the log; those beyond are answered COORDINATOR_NOT_AVAILABLE, which
    /// clients retry. Default 16384.
    /// </summary>
    public int MailboxCapacity { get; init; } = 16384;

    /// <summary>
    /// Commands are gathered into one append until their records take this many bytes; a command's own records are never parted, so that one
    /// command alone may exceed it. Below the internal topic's max.message.bytes. Default 512 KiB.
    /// </summary>
    public int BatchBytesMax { get; init; } = 512 * 1024;

    /// <summary>
    /// How long callers wait for an append before they are answered that it timed out; the append goes on. Kafka's
    /// offsets.commit.timeout.ms. Default 5 seconds.
    /// </summary>
    public TimeSpan AppendTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a shard that could not be loaded from its log waits before it tries again; twice as long after each failure, up to 64 times this.
    /// Default 500 milliseconds.
    /// </summary>
    public TimeSpan RebuildBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a timer waits before it runs again when the log refused its records. Default 500 milliseconds.</summary>
    public TimeSpan TimerRetryBackoff { get; init; } = TimeSpan.FromMilliseconds(500);
}
