using System.Text;
using Spate.Coordination.Groups.Share;

namespace Spate.Coordination.Tests.Harness;

/// <summary>All that the log tells of a share group, in words.</summary>
internal static class ShareDump
{
    public static string Of(ShareGroup group)
    {
        var text = new StringBuilder();
        var ledger = group.Ledger;
        text.AppendLine($"share epoch {group.Epoch} hash {group.MetadataHash:x} assigned in {group.AssignmentEpoch} {group.State}");
        text.AppendLine($"  begins {ledger.Initializing} has {ledger.Initialized} loses {string.Join(' ', ledger.Deleting)} of {string.Join(' ', ledger.Names)}");
        foreach (var member in group.Members.OrderBy(member => member.Id, StringComparer.Ordinal))
        {
            var said = member.Metadata;
            text.AppendLine($"  {member.Id} in {said.RackId} from {said.ClientId}{said.ClientHost} reads {string.Join(',', said.Topics)}");
            text.AppendLine($"    in {member.Current.Epoch} after {member.Current.PreviousEpoch} has {member.Current.Assigned}");
        }

        foreach (var (memberId, target) in group.Targets.Where(target => !target.Value.IsEmpty).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            text.AppendLine($"  {memberId} -> {target}");
        }

        return text.ToString();
    }
}
