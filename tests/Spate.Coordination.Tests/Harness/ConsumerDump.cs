using System.Text;
using Spate.Coordination.Groups.Consumer;

namespace Spate.Coordination.Tests.Harness;

/// <summary>All that the log tells of a group of the consumer protocol, in words.</summary>
internal static class ConsumerDump
{
    public static string Of(ConsumerGroup group)
    {
        var text = new StringBuilder();
        text.AppendLine($"epoch {group.Epoch} hash {group.MetadataHash:x} assigned in {group.AssignmentEpoch} {group.State} legacy {group.HasPartitionMetadata}");
        foreach (var member in group.Members.OrderBy(member => member.Id, StringComparer.Ordinal))
        {
            var said = member.Metadata;
            var current = member.Current;
            text.AppendLine($"  {member.Id} as {said.InstanceId} in {said.RackId} from {said.ClientId}{said.ClientHost} within {said.RebalanceTimeoutMs} by {said.ServerAssignor} reads {string.Join(',', said.Topics)} or {said.Regex} classic {Classic(said.Classic)}");
            text.AppendLine($"    {current.State} in {current.Epoch} after {current.PreviousEpoch} has {current.Assigned} gives {current.PendingRevocation} of {group.TargetOf(member.Id)}");
        }

        foreach (var (regex, resolved) in group.Regexes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine($"  {regex} is {string.Join(',', resolved.Topics)} by {resolved.Version} at {resolved.TimestampMs}");
        }

        foreach (var (memberId, target) in group.Targets.Where(target => !target.Value.IsEmpty).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine($"  {memberId} -> {target}");
        }

        return text.ToString();
    }

    private static string Classic(ClassicSide? side) => side is null
        ? "no"
        : $"{side.SessionTimeoutMs} {string.Join(',', side.Protocols.Select(protocol => protocol.Name + Convert.ToHexString(protocol.Metadata.Span)))}";
}
