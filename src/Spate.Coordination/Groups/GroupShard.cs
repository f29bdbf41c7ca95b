using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Offsets;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups;

/// <summary>
/// The groups of one partition of __consumer_offsets: what the log tells of them, and those who decide about them. Touched by the shard's
/// loop only.
/// </summary>
internal sealed class GroupShard : ICoordinatorState
{
    private readonly Dictionary<string, Group> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<short> _skippedTypes = [];
    private readonly ILogger _logger;
    private readonly ClassicRebalance _rebalance;
    private readonly OffsetExpiry _expiry;

    /// <param name="context">Time and timers.</param>
    /// <param name="options">What groups are held to.</param>
    /// <param name="random">Where member ids come from; this shard's own.</param>
    /// <param name="figures">Where it is counted what groups go through; shared with the other shards.</param>
    /// <param name="logger">Where it is told what groups go through.</param>
    public GroupShard(IShardContext context, GroupCoordinatorOptions options, Random random, GroupFigures figures, ILogger logger)
    {
        _logger = logger;
        Figures = figures;
        _rebalance = new ClassicRebalance(this, context, options, logger);
        _expiry = new OffsetExpiry(this, context, options);
        Joins = new JoinHandler(this, _rebalance, new StaticReturn(_rebalance, context), options, random);
        Syncs = new SyncHandler(this, _rebalance, context);
        Heartbeats = new HeartbeatHandler(this, _rebalance);
        Leaves = new LeaveHandler(this, _rebalance);
        Commits = new OffsetCommitHandler(this, _rebalance, context, options);
        Fetches = new OffsetFetchHandler(this);
        Sessions = new SessionEnd(this, _rebalance);
        Deletions = new OffsetDeletionHandler(this);
        Administration = new GroupAdministration(this, _rebalance);
    }

    public JoinHandler Joins { get; }

    public SyncHandler Syncs { get; }

    public HeartbeatHandler Heartbeats { get; }

    public LeaveHandler Leaves { get; }

    public SessionEnd Sessions { get; }

    public OffsetCommitHandler Commits { get; }

    public OffsetFetchHandler Fetches { get; }

    public OffsetDeletionHandler Deletions { get; }

    public GroupAdministration Administration { get; }

    public GroupFigures Figures { get; }

    /// <summary>How many groups there are; may be read from outside the loop.</summary>
    public GroupCounts Counts { get; } = new();

    public IReadOnlyCollection<Group> Groups => _groups.Values;

    public Group? Find(string groupId) => _groups.GetValueOrDefault(groupId);

    public Group GetOrAdd(string groupId)
    {
        if (!_groups.TryGetValue(groupId, out var group))
        {
            group = new Group(groupId, Counts);
            _groups.Add(groupId, group);
            group.Classic.BeCounted();
        }

        return group;
    }

    /// <summary>Forgets a group that nothing speaks of any more.</summary>
    public void DropIfGone(string groupId)
    {
        if (_groups.TryGetValue(groupId, out var group) && group.IsGone)
        {
            _groups.Remove(groupId);
            group.Classic.BeForgotten();
        }
    }

    public void Apply(CoordinatorRecord record)
    {
        var type = RecordFormat.TypeOf(record);
        switch (type)
        {
            case 0 or GroupRecords.OffsetType:
                ApplyOffset(record);
                break;
            case GroupRecords.GroupType:
                ApplyGroup(record);
                break;
            default:
                Skip(type);
                break;
        }
    }

    public void Loaded()
    {
        foreach (var group in _groups.Values)
        {
            group.Classic.Restore();
            _rebalance.Resume(group.Classic);
        }

        _expiry.Start();
    }

    private void ApplyOffset(CoordinatorRecord record)
    {
        var key = GroupRecords.ReadOffsetKey(record);
        if (GroupRecords.ReadOffset(record) is { } offset)
        {
            GetOrAdd(key.Group).Offsets.Set(key.Topic, key.Partition, offset);
            return;
        }

        Find(key.Group)?.Offsets.Remove(key.Topic, key.Partition);
        DropIfGone(key.Group);
    }

    private void ApplyGroup(CoordinatorRecord record)
    {
        var key = GroupRecords.ReadGroupKey(record);
        if (GroupRecords.ReadGroup(record) is { } value)
        {
            GetOrAdd(key.Group).Classic.Logged = value;
            return;
        }

        if (Find(key.Group) is { } group)
        {
            group.Classic.Logged = null;
            DropIfGone(key.Group);
        }
    }

    /// <summary>Newer brokers keep more in this topic than this one understands; it is theirs, and stays where it is.</summary>
    private void Skip(short type)
    {
        if (_skippedTypes.Add(type))
        {
            GroupLog.SkippedRecords(_logger, type);
        }
    }
}
