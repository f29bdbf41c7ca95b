using System.Text;
using Spate.Coordination.Groups;
using Spate.Coordination.Groups.Classic;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Tests.Harness;

/// <summary>All that the log tells of a shard's groups, in words; and whether groups that are settled say the same of themselves.</summary>
internal static class StateDump
{
    public static string Of(GroupShard shard)
    {
        var text = new StringBuilder();
        foreach (var group in shard.Groups.Where(IsLogged).OrderBy(group => group.Id, StringComparer.Ordinal))
        {
            text.Append(group.Id).Append(": ").AppendLine(group.Consumer is { } consumer ? ConsumerDump.Of(consumer) : group.Share is { } share ? ShareDump.Of(share) : group.Streams is { } streams ? StreamsDump.Of(streams) : group.Classic.Logged is { } logged ? Describe(logged) : "no members ever");
            foreach (var (topic, partitions) in group.Offsets.Topics.OrderBy(topic => topic.Key, StringComparer.Ordinal))
            {
                foreach (var (partition, offset) in partitions.OrderBy(partition => partition.Key))
                {
                    text.AppendLine($"  {topic}-{partition} {offset}");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>What is wrong with the groups as they stand, or nothing.</summary>
    public static IEnumerable<string> Faults(GroupShard shard)
    {
        foreach (var group in shard.Groups.Select(group => group.Classic))
        {
            var isActive = group.State is not (ClassicGroupState.Empty or ClassicGroupState.Dead);
            if (isActive != group.MemberCount > 0)
            {
                yield return $"{group.Id} is {group.State} with {group.MemberCount} members";
            }

            if (isActive && (group.LeaderId is null || !group.TryGetMember(group.LeaderId, out _)))
            {
                yield return $"{group.Id} is led by {group.LeaderId}, who is no member";
            }

            if (group.State == ClassicGroupState.Stable && Describe(group) != Describe(group.Logged!))
            {
                yield return $"{group.Id} is {Describe(group)}, the log has {Describe(group.Logged!)}";
            }

            if (group.State == ClassicGroupState.Empty && group.Logged is { } logged && (logged.Members.Count > 0 || logged.Generation != group.Generation))
            {
                yield return $"{group.Id} is empty in generation {group.Generation}, the log has {Describe(logged)}";
            }

            if (group.Members.Any(member => member.JoinReply is not null) && group.State != ClassicGroupState.PreparingRebalance)
            {
                yield return $"{group.Id} has members that wait for a round while it is {group.State}";
            }

            if (group.Members.Any(member => member.SyncReply is not null) && group.State != ClassicGroupState.CompletingRebalance)
            {
                yield return $"{group.Id} has members that wait for the leader while it is {group.State}";
            }
        }
    }

    private static bool IsLogged(Group group) => !group.IsClassic || group.Classic.Logged is not null || group.Offsets.Count > 0;

    private static string Describe(GroupMetadataValue value) => Describe(
        value.ProtocolType,
        value.Generation,
        value.Protocol,
        value.Leader,
        value.Members.Select(member => (member.MemberId, member.GroupInstanceId, member.ClientId, member.ClientHost, member.SessionTimeout,
            member.RebalanceTimeout, Convert.ToHexString(member.Subscription.Span), Convert.ToHexString(member.Assignment.Span))));

    private static string Describe(ClassicGroup group) => Describe(
        group.ProtocolType,
        group.Generation,
        group.Protocol,
        group.LeaderId,
        group.Members.Select(member => (member.Id, member.InstanceId, member.ClientId, member.ClientHost, member.SessionTimeoutMs,
            member.RebalanceTimeoutMs, Convert.ToHexString(member.MetadataFor(group.Protocol).Span), Convert.ToHexString(member.Assignment.Span))));

    private static string Describe(
        string? type, int generation, string? protocol, string? leader, IEnumerable<(string, string?, string, string, int, int, string, string)> members) =>
        $"{type} generation {generation} by {protocol} led by {leader} with {string.Join(", ", members.Order())}";
}
