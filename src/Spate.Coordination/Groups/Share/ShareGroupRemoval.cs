using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Share;

/// <summary>Takes back what the log says of share groups and their members.</summary>
internal static class ShareGroupRemoval
{
    /// <summary>All that is said of members.</summary>
    public static void AddTombstones(string groupId, IEnumerable<ShareMember> members, List<CoordinatorRecord> records)
    {
        foreach (var member in members)
        {
            records.Add(ShareGroupRecords.CurrentTombstone(groupId, member.Id));
            records.Add(ShareGroupRecords.TargetTombstone(groupId, member.Id));
            records.Add(ShareGroupRecords.MemberTombstone(groupId, member.Id));
        }
    }

    /// <summary>All that is said of a group whose delivery state is gone; its offsets are another matter.</summary>
    public static void AddTombstones(ShareGroup group, List<CoordinatorRecord> records)
    {
        AddTombstones(group.Id, group.Members, records);
        records.Add(ShareGroupRecords.TargetEpochTombstone(group.Id));
        records.Add(ShareGroupRecords.LedgerTombstone(group.Id));
        records.Add(ShareGroupRecords.GroupTombstone(group.Id));
    }
}
