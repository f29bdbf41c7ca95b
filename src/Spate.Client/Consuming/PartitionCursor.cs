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

    /// <summary>Every record before this offset is finished, so that it may be committed; -1 before there is a position.</summary>
    public long Finished { get; private set; } = -1;

    /// <summary>What the group's coordinator is known to hold; -1 when that is nothing.</summary>
    public long Committed { get; set; } = -1;

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

    /// <summary>
    /// Records before this offset are committed, and so those of them that were handed out are finished, also the one in hand: what is committed by itself later must
    /// not go back behind what a caller has committed by name.
    /// </summary>
    public void Commit(long offset)
    {
        Committed = offset;
        if (Start is null && Finished >= 0)
        {
            Finished = Math.Max(Finished, Math.Min(offset, Position));
        }
    }

    public void MoveTo(long offset)
    {
        Generation++;
        Start = null;
        Position = FetchOffset = Finished = offset;
    }

    /// <summary>Drops what was read ahead, to read it again from the position.</summary>
    public void Rewind()
    {
        Generation++;
        FetchOffset = Position;
    }

    /// <summary>Nobody reads it any more: what was fetched of it finds its generation gone.</summary>
    public void Drop() => Generation++;

    /// <summary>Hands out records up to here. Whoever asks for them has finished with those before.</summary>
    public void Advance(long next)
    {
        Finished = Position;
        Position = Math.Max(Position, next);
    }

    /// <summary>Whoever had the last record has asked for the next.</summary>
    public void Finish()
    {
        if (Start is null)
        {
            Finished = Position;
        }
    }
}
