using Spate.Client.Metadata;
using Spate.Protocol;

namespace Spate.Client.Consuming;

/// <summary>How far one partition has been read. All of it is under the gate of its <see cref="Prefetch"/>.</summary>
internal sealed class PartitionCursor(TopicPartition name, StartPosition? start)
{
    private const int NoEpoch = -1;

    private int _generation;
    private long _position;
    private int _positionEpoch = NoEpoch;
    private long _finished = -1;
    private int _finishedEpoch = NoEpoch;
    private long _committedAhead = -1;
    private int _committedAheadEpoch = NoEpoch;
    private long _nothingUncommittedBefore;
    private RecordsInHand? _inHand;

    public TopicPartition Name { get; } = name;

    /// <summary>Where to begin, while that is not an offset yet.</summary>
    public StartPosition? Start { get; private set; } = start;

    /// <summary>The offset of the next record to be handed out; meaningless while there is a <see cref="Start"/>.</summary>
    public long Position => _inHand?.Next ?? _position;

    /// <summary>The epoch of the leader that wrote the record before <see cref="Position"/>; -1 when that is not known.</summary>
    public int PositionEpoch => _inHand is { } hand && hand.Next > _position ? hand.LeaderEpoch : _positionEpoch;

    /// <summary>Every record before this offset is finished, so that it may be committed; -1 before there is a position.</summary>
    public long Finished => Math.Max(_inHand?.Finished ?? _finished, _committedAhead);

    /// <summary>The epoch of the leader that wrote the record before <see cref="Finished"/>; -1 when that is not known.</summary>
    public int FinishedEpoch => EpochOfFinished(_inHand?.Finished ?? _finished);

    /// <summary>What the group's coordinator is known to hold; -1 when that is nothing.</summary>
    public long Committed { get; set; } = -1;

    /// <summary>Something was handed out that is not known to be committed.</summary>
    public bool HasUncommitted => Start is null && Position > _nothingUncommittedBefore;

    /// <summary>The offset to fetch next.</summary>
    public long FetchOffset { get; private set; }

    /// <summary>The epoch of the leader that wrote the record before <see cref="FetchOffset"/>; -1 when that is not known.</summary>
    public int FetchEpoch { get; private set; } = NoEpoch;

    /// <summary>The epoch of the newest leader under which <see cref="FetchOffset"/> is known to be part of the log; -1 before that.</summary>
    public int CheckedEpoch { get; private set; } = NoEpoch;

    /// <summary>The id of the topic that the position is of; zero while it is not known.</summary>
    public Uuid TopicId { get; set; }

    /// <summary>The node that the leader wants this read from; null for the leader itself (KIP-392).</summary>
    public int? ReadReplica { get; private set; }

    /// <summary>The clock's timestamp at which the leader is asked again where to read.</summary>
    public long ReadReplicaUntil { get; private set; }

    /// <summary>Raised whenever what was fetched before is not wanted any more. The enumeration looks at it without the gate.</summary>
    public int Generation => Volatile.Read(ref _generation);

    public bool IsPaused { get; set; }

    /// <summary>It was told that this cannot be read; it rests until somebody seeks.</summary>
    public bool IsFailed { get; set; }

    /// <summary>A question about it is under way.</summary>
    public bool IsAsking { get; set; }

    /// <summary>The leader does not have <see cref="FetchOffset"/>, and there is something to hand out before that. It is not asked again until then.</summary>
    public bool IsGoneAhead { get; set; }

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
        TopicId = Uuid.Zero;
        if (to.IsOffset)
        {
            MoveTo(to.Value, to.LeaderEpoch, NoEpoch);
        }
        else
        {
            Disown();
            Start = to;
            _nothingUncommittedBefore = _position;
        }
    }

    /// <summary>Another topic has taken the name: what was handed out and committed was of the one before, and means nothing there.</summary>
    public void Forget()
    {
        Disown();
        (_finished, _finishedEpoch) = (-1, NoEpoch);
        (_committedAhead, _committedAheadEpoch) = (-1, NoEpoch);
        Committed = -1;
    }

    /// <summary>Whether the position is of the topic that has the name in this picture of the cluster, as far as either is known.</summary>
    public bool IsOf(ClusterMetadata cluster) =>
        TopicId.IsZero || !cluster.Topics.TryGetValue(Name.Topic, out var topic) || topic.Id.IsZero || topic.Id == TopicId;

    /// <summary>
    /// Records before this offset are committed, and so those of them that were handed out are finished, also the one in hand: what is committed by itself later must
    /// not go back behind what a caller has committed by name.
    /// </summary>
    public void Commit(long offset)
    {
        Committed = offset;
        _nothingUncommittedBefore = Math.Max(_nothingUncommittedBefore, offset);
        if (Start is null && Finished >= 0)
        {
            var position = Position;
            var finished = Math.Min(offset, position);
            if (finished > Finished)
            {
                (_committedAhead, _committedAheadEpoch) = (finished, finished == position ? PositionEpoch : NoEpoch);
            }
        }
    }

    /// <summary>Begins at an offset.</summary>
    /// <param name="offset">The next to be handed out.</param>
    /// <param name="epoch">The epoch of the record before it; -1 when that is not known.</param>
    /// <param name="checkedEpoch">The epoch of the leader that told of the offset; -1 when none did.</param>
    public void MoveTo(long offset, int epoch, int checkedEpoch)
    {
        Disown();
        Start = null;
        _position = _finished = _nothingUncommittedBefore = offset;
        _positionEpoch = _finishedEpoch = epoch;
        _committedAhead = NoEpoch;
        CheckedEpoch = checkedEpoch;
        (FetchOffset, FetchEpoch) = (offset, epoch);
    }

    /// <summary>Lets go of what was read ahead, and fetches it again from the position.</summary>
    public void Rewind()
    {
        Disown();
        FetchOffset = _position;
        FetchEpoch = _positionEpoch;
    }

    /// <summary>Nobody reads it any more: what was fetched of it finds its generation gone.</summary>
    public void Drop() => Disown();

    /// <summary>A batch is about to be handed out record by record. By the enumeration.</summary>
    public void Take(RecordsInHand hand, int leaderEpoch)
    {
        Settle();
        hand.Open(this, _position, _finished, leaderEpoch);
        _inHand = hand;
    }

    /// <summary>What lies before an offset is handed out. Whoever asks for that has finished with what came before it. By the enumeration.</summary>
    public void Advance(long next, int epoch)
    {
        Settle();
        (_finished, _finishedEpoch) = (_position, _positionEpoch);
        if (next > _position)
        {
            (_position, _positionEpoch) = (next, epoch);
        }
    }

    /// <summary>Whoever had the last record has asked for the next. By the enumeration.</summary>
    public void Finish()
    {
        _inHand?.Finish();
        if (Start is null && _inHand is null)
        {
            (_finished, _finishedEpoch) = (_position, _positionEpoch);
        }
    }

    /// <summary>Takes over from the batch that is handed out how far that was. By the enumeration, or by <see cref="Disown"/>, which sees to it that the enumeration notices.</summary>
    public void Settle()
    {
        if (_inHand is not { } hand)
        {
            return;
        }

        var (next, finished) = (hand.Next, hand.Finished);
        hand.SettledAt = next;
        (_finished, _finishedEpoch) = (finished, EpochOfHanded(hand, finished));
        (_position, _positionEpoch) = (next, EpochOfHanded(hand, next));
        _inHand = null;
    }

    /// <summary>What lies before an offset has been fetched.</summary>
    public void Fetched(long next, int epoch)
    {
        if (next > FetchOffset)
        {
            FetchOffset = next;
            FetchEpoch = epoch;
        }
    }

    /// <summary>The leader of an epoch has the log up to where it is read.</summary>
    public void Checked(int leaderEpoch) => CheckedEpoch = Math.Max(CheckedEpoch, leaderEpoch);

    /// <summary>
    /// Whether a leader that is newer than what was read has to be asked first whether it has that too (KIP-320): one that was elected without all that the leader
    /// before it had may have written other records under the same offsets.
    /// </summary>
    public bool NeedsCheck(int leaderEpoch) => FetchEpoch >= 0 && leaderEpoch > CheckedEpoch && leaderEpoch > FetchEpoch;

    public void ReadFrom(int replica, long until)
    {
        ReadReplica = replica;
        ReadReplicaUntil = until;
    }

    public void ReadFromLeader() => ReadReplica = null;

    /// <summary>What was fetched before is not wanted any more, and neither is the rest of what is being handed out.</summary>
    private void Disown()
    {
        Volatile.Write(ref _generation, _generation + 1);
        IsGoneAhead = false;
        if (_inHand is not null)
        {
            Interlocked.MemoryBarrierProcessWide();
            Settle();
        }
    }

    private int EpochOfFinished(long finished) => _committedAhead > finished ? _committedAheadEpoch : _inHand is { } hand ? EpochOfHanded(hand, finished) : _finishedEpoch;

    /// <summary>The epoch of the record before an offset at which the enumeration has been since the batch in its hands began, or before.</summary>
    private int EpochOfHanded(RecordsInHand hand, long offset) => offset > _position ? hand.LeaderEpoch : offset == _position ? _positionEpoch : _finishedEpoch;
}
