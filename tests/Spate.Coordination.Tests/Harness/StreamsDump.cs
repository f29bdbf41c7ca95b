using System.Text;
using Spate.Coordination.Groups.Streams;
using Spate.Coordination.Runtime;

namespace Spate.Coordination.Tests.Harness;

/// <summary>All that the log tells of a streams group, in words.</summary>
internal static class StreamsDump
{
    public static string Of(StreamsGroup group)
    {
        var text = new StringBuilder();
        text.AppendLine($"{group.Decided} assigned in {group.AssignmentEpoch} {group.State}");
        text.AppendLine($"  made of {(group.Topology is { } topology ? Convert.ToHexString(RecordFormat.Encode(topology.Value, 0)) : "nothing")}");
        foreach (var member in group.Members.OrderBy(member => member.Id, StringComparer.Ordinal))
        {
            var (said, current) = (member.Metadata, member.Current);
            text.AppendLine($"  {member.Id} in {said.ProcessId} at {said.RackId} from {said.ClientId}{said.ClientHost} within {said.RebalanceTimeoutMs} runs {said.TopologyEpoch} answers at {said.Endpoint} tagged {said.Tags}");
            text.AppendLine($"    {current.State} in {current.Epoch} after {current.PreviousEpoch} has {current.Assigned} gives {current.PendingRevocation} of {group.TargetOf(member.Id)}");
        }

        return text.ToString();
    }
}
