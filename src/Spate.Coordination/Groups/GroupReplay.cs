using Spate.Coordination.Runtime;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups;

/// <summary>
/// Takes records of groups of one kind in, live and on replay. Every kind of record has one form: of each key the newest value counts, which is set, and a tombstone takes it
/// back. Compaction may leave any of a group's records first, so each of them makes the group; a tombstone makes none.
/// </summary>
/// <typeparam name="TGroup">The kind of group.</typeparam>
/// <param name="shard">Where the groups are.</param>
/// <param name="become">Makes a group one of this kind.</param>
internal abstract class GroupReplay<TGroup>(GroupShard shard, Func<Group, TGroup> become)
    where TGroup : class, IAssignedGroup
{
    private readonly Dictionary<short, Action<CoordinatorRecord>> _kinds = [];

    /// <summary>Takes a record in; false when it is of no group of this kind.</summary>
    public bool TryApply(short type, CoordinatorRecord record)
    {
        if (!_kinds.TryGetValue(type, out var apply))
        {
            return false;
        }

        apply(record);
        return true;
    }

    /// <summary>What to make of the record by which a group is one of this kind, and by whose tombstone it ceases to be.</summary>
    protected void OnGroup<TKey, TValue>(short type, Func<TKey, string> groupOf, Action<TGroup, TValue> set)
        where TKey : IMessage, new()
        where TValue : class, IMessage, new() => _kinds.Add(type, record =>
        {
            var groupId = groupOf(RecordFormat.Decode<TKey>(record.Key));
            if (RecordFormat.DecodeValue<TValue>(record) is { } value)
            {
                set(become(shard.GetOrAdd(groupId)), value);
                return;
            }

            shard.Find(groupId)?.CeaseToBe<TGroup>();
            shard.DropIfGone(groupId);
        });

    /// <summary>What to make of a record about something of a group, and of its tombstone.</summary>
    protected void On<TKey, TValue>(short type, Func<TKey, string> groupOf, Action<TGroup, TKey, TValue> set, Action<TGroup, TKey> remove)
        where TKey : IMessage, new()
        where TValue : class, IMessage, new() => _kinds.Add(type, record =>
        {
            var key = RecordFormat.Decode<TKey>(record.Key);
            if (RecordFormat.DecodeValue<TValue>(record) is { } value)
            {
                set(become(shard.GetOrAdd(groupOf(key))), key, value);
            }
            else if (shard.Find(groupOf(key))?.Assigned is TGroup group)
            {
                remove(group, key);
            }
        });
}
