using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Consumer;
using Spate.Coordination.Groups.Share;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;
using Spate.Simulation.Cluster;

namespace Spate.Simulation.Groups;

/// <summary>
/// Looks at groups of which something may have changed: because a partition of the log was written that is theirs, or because a member has heard something. It reads
/// in the log where a group ends as a whole, since whoever comes after that begins to count anew.
/// </summary>
internal sealed class GroupWatch
{
    private readonly Dictionary<string, GroupCheck> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<LedPartition, List<string>> _places = [];
    private readonly HashSet<string> _touched = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _classicMembers = new(StringComparer.Ordinal);
    private readonly ClusterOfNodes _cluster;

    public GroupWatch(ClusterOfNodes cluster)
    {
        _cluster = cluster;
        foreach (var partition in cluster.Partitions.Where(static partition => partition.Topic == InternalTopic.Offsets))
        {
            var groups = new List<string>();
            _places.Add(partition, groups);
            partition.Log.Written += entries =>
            {
                _touched.UnionWith(groups);
                NoticeNewLives(entries);
            };
        }
    }

    public void Add(GroupCheck group)
    {
        _groups.Add(group.GroupId, group);
        _places[_cluster.Find(InternalTopic.Offsets, group.GroupId)].Add(group.GroupId);
    }

    /// <summary>Something may have changed about a group.</summary>
    public void Touch(string groupId) => _touched.Add(groupId);

    public void Look()
    {
        if (_touched.Count == 0)
        {
            return;
        }

        var touched = _touched.ToList();
        _touched.Clear();
        foreach (var groupId in touched)
        {
            _groups[groupId].Look();
        }
    }

    private void NoticeNewLives(IReadOnlyList<LogEntry> entries)
    {
        foreach (var entry in entries.Where(static entry => entry.IsCommit is null))
        {
            var record = entry.Record;
            switch (RecordFormat.TypeOf(record))
            {
                case GroupRecords.GroupType:
                    NoticeClassic(RecordFormat.Decode<GroupMetadataKey>(record.Key).Group, record);
                    break;
                case ConsumerGroupRecords.GroupType when record.Value is null && !BecomesClassic(entries):
                    BeginAnew(RecordFormat.Decode<ConsumerGroupMetadataKey>(record.Key).GroupId);
                    break;
                case ShareGroupRecords.GroupType when record.Value is null:
                    BeginAnew(RecordFormat.Decode<ShareGroupMetadataKey>(record.Key).GroupId);
                    break;
                case StreamsGroupRecords.GroupType when record.Value is null:
                    BeginAnew(RecordFormat.Decode<StreamsGroupMetadataKey>(record.Key).GroupId);
                    break;
            }
        }
    }

    /// <summary>A classic group of which the log has nobody is taken back as a whole; one with members goes on with its generation.</summary>
    private void NoticeClassic(string groupId, CoordinatorRecord record)
    {
        if (RecordFormat.DecodeValue<GroupMetadataValue>(record) is { } value)
        {
            _classicMembers[groupId] = value.Members.Count;
        }
        else if (_classicMembers.GetValueOrDefault(groupId) == 0)
        {
            BeginAnew(groupId);
        }
    }

    /// <summary>A group that becomes a classic one in the same breath goes on with its epoch.</summary>
    private static bool BecomesClassic(IReadOnlyList<LogEntry> entries) => entries.Any(static entry =>
        entry.IsCommit is null && entry.Record.Value is not null && RecordFormat.TypeOf(entry.Record) == GroupRecords.GroupType);

    private void BeginAnew(string groupId) => _groups.GetValueOrDefault(groupId)?.BeginAnew();
}
