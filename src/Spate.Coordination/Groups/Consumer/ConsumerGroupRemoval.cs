using Spate.Coordination.Runtime;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>Takes back all that the log says of a group of the consumer protocol; its offsets are another matter.</summary>
internal static class ConsumerGroupRemoval
{
    public static void AddTombstones(ConsumerGroup group, List<CoordinatorRecord> records)
    {
        foreach (var member in group.Members)
        {
            records.Add(ConsumerGroupRecords.CurrentTombstone(group.Id, member.Id));
            records.Add(ConsumerGroupRecords.TargetTombstone(group.Id, member.Id));
            records.Add(ConsumerGroupRecords.MemberTombstone(group.Id, member.Id));
        }

        records.AddRange(group.Regexes.Keys.Select(regex => ConsumerGroupRecords.RegexTombstone(group.Id, regex)));
        records.Add(ConsumerGroupRecords.TargetEpochTombstone(group.Id));
        if (group.HasPartitionMetadata)
        {
            records.Add(ConsumerGroupRecords.PartitionMetadataTombstone(group.Id));
        }

        records.Add(ConsumerGroupRecords.GroupTombstone(group.Id));
    }
}
