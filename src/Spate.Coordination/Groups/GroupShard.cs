using Microsoft.Extensions.Logging;
using Spate.Coordination.Groups.Classic;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Share;
using Spate.Coordination.Groups.Streams;
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
    private readonly Dictionary<long, HashSet<string>> _groupsOfProducers = [];
    private readonly ILogger _logger;
    private readonly ClassicRebalance _rebalance;
    private readonly OffsetExpiry _expiry;
    private readonly ConsumerTimers _consumerTimers;
    private readonly ConsumerGroupReplay _consumerReplay;
    private readonly ProtocolWatch _watch;

    /// <param name="context">Time and timers.</param>
    /// <param name="options">What groups are held to.</param>
    /// <param name="random">Where member ids come from; this shard's own.</param>
    /// <param name="figures">Where it is counted what groups go through; shared with the other shards.</param>
    /// <param name="surroundings">What groups learn of topics and of what is set for them.</param>
    /// <param name="logger">Where it is told what groups go through.</param>
    public GroupShard(
        IShardContext context, GroupCoordinatorOptions options, Random random, GroupFigures figures, GroupSurroundings surroundings, ILogger logger)
    {
        _logger = logger;
        Figures = figures;
        _rebalance = new ClassicRebalance(this, context, options, logger);
        _expiry = new OffsetExpiry(this, context, options);
        Joins = new JoinHandler(this, _rebalance, new StaticReturn(_rebalance, context), options, random);
        Syncs = new SyncHandler(this, _rebalance, context);
        Heartbeats = new HeartbeatHandler(this, _rebalance);
        Commits = new OffsetCommitHandler(this, _rebalance, context, options);
        PendingCommits = new TxnOffsetCommitHandler(this, _rebalance, context, options);
        Fetches = new OffsetFetchHandler(this);
        Deletions = new OffsetDeletionHandler(this);
        var (topics, settings, _) = surroundings;
        var target = new TargetAssignment(options.Consumer.Assignors);
        _consumerTimers = new ConsumerTimers(this, context, settings, logger);
        _consumerReplay = new ConsumerGroupReplay(this);
        var conversion = new ClassicConversion(topics, options);
        _watch = new ProtocolWatch(this, context, conversion, _rebalance, _consumerTimers, logger);
        var departures = new Departures(this, topics, _consumerTimers, _watch);
        _consumerTimers.Remove = (group, member) => departures.Remove(group, [member], () => { });
        Leaves = new LeaveHandler(this, _rebalance, departures);
        Share = new ShareSide(this, context, options.Share, surroundings, logger);
        Administration = new GroupAdministration(this, _rebalance, Share.States);
        Streams = new StreamsGroups(this, context, options.Streams, surroundings, logger);
        Sessions = new SessionEnd(this, _rebalance, departures, Share, Streams);
        var step = new MemberStep(this, topics, target, new RegexResolution(context, logger));
        var upgrade = new GroupUpgrade(this, conversion, _rebalance, _consumerTimers, logger);
        ConsumerHeartbeats = new ConsumerHeartbeatHandler(this, step, departures, _consumerTimers, upgrade, options.Consumer, settings, random);
        ClassicMembers = new ClassicMembers(this, step, _consumerTimers, _watch, topics, options.Consumer, random);
        ConsumerDescription = new ConsumerGroupDescription(this, topics, target);
    }

    public JoinHandler Joins { get; }

    public SyncHandler Syncs { get; }

    public HeartbeatHandler Heartbeats { get; }

    public LeaveHandler Leaves { get; }

    public SessionEnd Sessions { get; }

    public OffsetCommitHandler Commits { get; }

    public TxnOffsetCommitHandler PendingCommits { get; }

    public OffsetFetchHandler Fetches { get; }

    public OffsetDeletionHandler Deletions { get; }

    public GroupAdministration Administration { get; }

    public ConsumerHeartbeatHandler ConsumerHeartbeats { get; }

    public ClassicMembers ClassicMembers { get; }

    public ConsumerGroupDescription ConsumerDescription { get; }

    public ShareSide Share { get; }

    public StreamsGroups Streams { get; }

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
            group.BeCounted();
        }

        return group;
    }

    /// <summary>Forgets a group that nothing speaks of any more.</summary>
    public void DropIfGone(string groupId)
    {
        if (_groups.TryGetValue(groupId, out var group) && group.IsGone)
        {
            _groups.Remove(groupId);
            group.BeForgotten();
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
                if (!_consumerReplay.TryApply(type, record) && !Share.TryApply(type, record) && !Streams.TryApply(type, record))
                {
                    Skip(type);
                }

                break;
        }
    }

    public void ApplyPending(long producerId, CoordinatorRecord record)
    {
        if (RecordFormat.TypeOf(record) is not (0 or GroupRecords.OffsetType) || GroupRecords.ReadOffset(record) is not { } offset)
        {
            throw new InvalidDataException($"Producer {producerId} has written something into __consumer_offsets that is no committed offset.");
        }

        var key = GroupRecords.ReadOffsetKey(record);
        GetOrAdd(key.Group).Pending.Set(producerId, key.Topic, key.Partition, offset);
        if (!_groupsOfProducers.TryGetValue(producerId, out var groups))
        {
            groups = new HashSet<string>(StringComparer.Ordinal);
            _groupsOfProducers.Add(producerId, groups);
        }

        groups.Add(key.Group);
    }

    public void ApplyEnd(long producerId, bool isCommit)
    {
        if (!_groupsOfProducers.Remove(producerId, out var groups))
        {
            return;
        }

        foreach (var groupId in groups)
        {
            if (Find(groupId) is { } group)
            {
                group.Pending.End(producerId, isCommit, group.Offsets);
                DropIfGone(groupId);
            }
        }
    }

    public void Loaded()
    {
        foreach (var group in _groups.Values)
        {
            if (group.Consumer is { } consumer)
            {
                _consumerTimers.Resume(consumer);
                _watch.Look(consumer);
                continue;
            }

            if (group.Share is { } share)
            {
                Share.Resume(share);
                continue;
            }

            if (group.Streams is { } streams)
            {
                Streams.Resume(streams);
                continue;
            }

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
            var group = GetOrAdd(key.Group);
            group.Offsets.Set(key.Topic, key.Partition, offset);
            group.Pending.Supersede(key.Topic, key.Partition);
            return;
        }

        if (Find(key.Group) is { } other)
        {
            other.Offsets.Remove(key.Topic, key.Partition);
            other.Pending.Supersede(key.Topic, key.Partition);
        }

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
