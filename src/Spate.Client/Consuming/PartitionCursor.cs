using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>How far one partition has been read. All of it is under the gate of its <see cref="Prefetch"/>.</summary>
internal sealed class PartitionCursor(TopicPartition name, StartPosition? start)
{
    public TopicPartition Name { get; } = name;

    /// <summary>Where to begin, while that is not an offset yet.</summary>
    public StartPosition? Start { get; private set; } = start;

    /// <summary>The offset of the next record to be handed out; meaningless while there is a <see cref="Start"/>.</summary>
    public long Position { get; private set; }

    /// <summary>The offset to fetch next.</summary>
    public long FetchOffset { get; set; }

    /// <summary>Raised whenever what was fetched before is not wanted any more.</summary>
    public int Generation { get; private set; }

    public bool IsPaused { get; set; }

    /// <summary>It was told that this cannot be read; it rests until somebody seeks.</summary>
    public bool IsFailed { get; set; }

    /// <summary>A question about it is under way.</summary>
    public bool IsAsking { get; set; }

    /// <summary>Chunks that are fetched and not read.</summary>
    public int Chunks { get; set; }

    /// <summary>Attempts that failed in a row.</summary>
    public int Failures { get; set; }

    /// <summary>The clock's timestamp before which it is not asked again.</summary>
    public long RetryAt { get; set; }

    /// <summary>The clock's timestamp since which nothing was heard of it; null when all is well.</summary>
    public long? SilentSince { get; set; }

    /// <summary>The offset after the last record that may be read, as last heard; -1 before that.</summary>
    public long EndOffset { get; set; } = -1;

    /// <summary>Offsets between the position and the end, as last heard; null before anything was heard.</summary>
    public long? Lag => Start is null && EndOffset >= 0 ? Math.Max(0, EndOffset - Position) : null;

    public bool IsReading => Start is null && !IsFailed && !IsPaused;

    public void Seek(StartPosition to)
    {
        IsFailed = false;
        Failures = 0;
        RetryAt = 0;
        SilentSince = null;
        if (to.IsOffset)
        {
            MoveTo(to.Value);
        }
        else
        {
            Generation++;
            Start = to;
        }
    }

    public void MoveTo(long offset)
    {
        Generation++;
        Start = null;
        Position = FetchOffset = offset;
    }

    public void Advance(long next) => Position = Math.Max(Position, next);
}
