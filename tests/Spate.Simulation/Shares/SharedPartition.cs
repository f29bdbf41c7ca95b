using Spate.Coordination.Shares.Partitions;
using Spate.Coordination.Shares.State;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Shares;

/// <summary>
/// One partition of data that a share group reads: its records, who leads it, and all that is known from outside of what became of each record,
/// against which its leaders are held.
/// </summary>
internal sealed class SharedPartition(World world, SharePartitionKey key)
{
    private const int BacklogMax = 100;
    private readonly Dictionary<long, RecordFate> _fates = [];

    public SharePartitionKey Key { get; } = key;

    /// <summary>The topic has been deleted.</summary>
    public bool IsGone { get; private set; }

    /// <summary>The offset behind the last record.</summary>
    public long EndOffset { get; private set; }

    public ShareLeader? Leader { get; private set; }

    public static SharePartitionLimits Limits { get; } = new() { DeliveryCountLimit = 3, RecordLocksMax = 40, LockDurationMs = 4_000 };

    public void Live()
    {
        Move();
        LookAfter();
        world.EverySoOften(TimeSpan.FromSeconds(30), () =>
        {
            if (!IsGone)
            {
                Move();
            }

            return $"{Key} is led by {Leader}";
        });
        world.EverySoOften(TimeSpan.FromMilliseconds(400), () =>
        {
            EndOffset += !IsGone && EndOffset - (Leader?.StartOffset ?? 0) < BacklogMax ? world.Random.Next(1, 6) : 0;
            return $"{Key} grows to {EndOffset}";
        });
    }

    /// <summary>The topic is deleted, and what became of its records is nobody's affair any more.</summary>
    public void End() => IsGone = true;

    /// <summary>Some offsets have no record.</summary>
    public static bool HasRecord(long offset) => offset % 11 is not (3 or 4);

    /// <summary>The batches that are read from an offset on.</summary>
    public List<OffsetRange> Read(long from)
    {
        var batches = new List<OffsetRange>();
        for (var at = from; at < EndOffset && batches.Count < 4; at++)
        {
            if (!HasRecord(at))
            {
                continue;
            }

            var last = at;
            while (last + 1 < EndOffset && HasRecord(last + 1) && (last + 1) % 5 != 0)
            {
                last++;
            }

            batches.Add(new OffsetRange(at, last));
            at = last;
        }

        return batches;
    }

    /// <summary>A leader has given a record to a member.</summary>
    public void Acquired(ShareLeader leader, long offset, string member)
    {
        var fate = FateOf(offset);
        if (fate.IsFinished)
        {
            world.Fault(Checks.Deliveries, $"{leader} gives {offset} to {member}, and it was finished");
        }

        if (!HasRecord(offset))
        {
            world.Fault(Checks.Deliveries, $"{leader} gives {offset} to {member}, where there is no record");
        }

        fate.Deliveries++;
    }

    /// <summary>A member asks for a record to be finished.</summary>
    public void Requested(long offset) => FateOf(offset).IsRequested = true;

    /// <summary>A leader has said that a record is finished.</summary>
    public void Finished(ShareLeader leader, long offset)
    {
        var fate = FateOf(offset);
        if (fate.IsFinished)
        {
            world.Fault(Checks.Deliveries, $"{offset} is finished by {leader}, and was finished before");
        }

        fate.IsFinished = true;
    }

    /// <summary>A leader begins with what was kept: whatever counts as finished there must have come to its end.</summary>
    public void Loaded(ShareLeader leader, long start, IEnumerable<StateBatch> batches)
    {
        for (var offset = Math.Max(0, start - 200); offset < start; offset++)
        {
            Judge(leader, offset);
        }

        foreach (var batch in batches.Where(static batch => batch.State is DeliveryState.Acknowledged or DeliveryState.Archived))
        {
            for (var offset = batch.First; offset <= batch.Last; offset++)
            {
                Judge(leader, offset);
            }
        }
    }

    /// <summary>All has been left alone for long: every record has come to its end.</summary>
    public void Close()
    {
        if (Leader?.StartOffset is not { } start || Read(start).Count > 0)
        {
            world.Fault(Checks.Settling, $"{Key} is finished up to {Leader?.StartOffset} of {EndOffset}: {Leader?.Describe()}");
        }

        for (var offset = 0L; offset < EndOffset; offset++)
        {
            Judge(Leader, offset);
        }
    }

    private void Judge(ShareLeader? leader, long offset)
    {
        var fate = FateOf(offset);
        if (HasRecord(offset) && !fate.IsRequested && fate.Deliveries < Limits.DeliveryCountLimit)
        {
            world.Fault(Checks.Deliveries, $"{offset} of {Key} is done with for {leader}, and nobody has accepted or rejected it, in {fate.Deliveries} deliveries");
        }
    }

    private RecordFate FateOf(long offset)
    {
        if (!_fates.TryGetValue(offset, out var fate))
        {
            _fates.Add(offset, fate = new RecordFate());
        }

        return fate;
    }

    private void Move() => Leader = new ShareLeader(world, this, world.Cluster.AnyNode(), (Leader?.Epoch ?? 0) + 1);

    /// <summary>Somebody leads as long as any node lives.</summary>
    private void LookAfter() => world.Agenda.Put(TimeSpan.FromSeconds(1), () => $"{Key} is looked after", () =>
    {
        if (IsGone)
        {
            return false;
        }

        if (Leader is not { Node.IsAlive: true })
        {
            Move();
        }

        LookAfter();
        return true;
    });

    private sealed class RecordFate
    {
        public int Deliveries { get; set; }

        /// <summary>Somebody who held it has accepted or rejected it, whether or not it was told that this holds.</summary>
        public bool IsRequested { get; set; }

        /// <summary>Somebody was told that it is accepted or rejected.</summary>
        public bool IsFinished { get; set; }
    }
}
