using Spate.Coordination.Runtime;
using Spate.Coordination.Shares.State;
using Spate.Coordination.Transactions;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;
using Spate.Simulation.Worlds;

namespace Spate.Simulation.Canaries;

/// <summary>
/// Where a bug can be planted: around what the coordinators stand on, and around what they are told. The product knows nothing of it. This one
/// plants none.
/// </summary>
internal class Sabotage
{
    public World World { get; set; } = null!;

    /// <summary>Around the log of a shard.</summary>
    public virtual ICoordinatorLog Around(ICoordinatorLog log, LedPartition partition, Node node) => log;

    /// <summary>Around what writes markers.</summary>
    public virtual IMarkerWriter Around(IMarkerWriter markers) => markers;

    /// <summary>Around the keepers of delivery state, as group coordinators see them.</summary>
    public virtual IShareStates Around(IShareStates states) => states;

    /// <summary>What compaction makes of a log.</summary>
    public virtual List<LogEntry> Compact(IReadOnlyList<LogEntry> entries, bool keepsTombstones) => LogCompaction.Compact(entries, keepsTombstones);

    /// <summary>Whether a partition of data holds what producers write against what it knows of them.</summary>
    public virtual bool ChecksProducers => true;

    /// <summary>Whether a partition of data takes a batch that it has already for such.</summary>
    public virtual bool KnowsDuplicates => true;

    /// <summary>How far readers of committed records may read.</summary>
    public virtual long Readable(long lastStableOffset, long end) => lastStableOffset;

    /// <summary>The heartbeat that the coordinator gets.</summary>
    public virtual ConsumerGroupHeartbeatRequest Heard(ConsumerGroupHeartbeatRequest request) => request;

    /// <summary>The same of a member of a streams group.</summary>
    public virtual StreamsGroupHeartbeatRequest Heard(StreamsGroupHeartbeatRequest request) => request;

    /// <summary>Whether an offset commit may come once more, long after.</summary>
    public virtual bool RepeatsCommits => false;

    /// <summary>The time by which the leader of a share partition takes back what is held too long, in milliseconds.</summary>
    public virtual long LockTime(long nowMs) => nowMs;

    /// <summary>What the keeper of delivery state is told of who leads a share partition.</summary>
    public virtual int HeardLeaderEpoch(int leaderEpoch) => leaderEpoch;
}
