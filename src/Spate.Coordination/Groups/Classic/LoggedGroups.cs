using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>Between a group at hand and the group as the log has it.</summary>
internal static class LoggedGroups
{
    /// <summary>A group without members.</summary>
    public static GroupMetadataValue Empty(string protocolType, int generation, long nowMs) => new()
    {
        ProtocolType = protocolType,
        Generation = generation,
        Protocol = null,
        Leader = null,
        CurrentStateTimestamp = nowMs,
    };

    /// <summary>The present generation, with these members and what each is assigned.</summary>
    public static GroupMetadataValue Generation(
        ClassicGroup group, string? leaderId, IEnumerable<ClassicMember> members, Func<ClassicMember, ReadOnlyMemory<byte>> assignment, long nowMs)
    {
        var value = Empty(group.ProtocolType ?? "", group.Generation, nowMs);
        value.Protocol = group.Protocol;
        value.Leader = leaderId;
        foreach (var member in members)
        {
            value.Members.Add(new GroupMetadataValue.MemberMetadata
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                ClientId = member.ClientId,
                ClientHost = member.ClientHost,
                RebalanceTimeout = member.RebalanceTimeoutMs,
                SessionTimeout = member.SessionTimeoutMs,
                Subscription = member.MetadataFor(group.Protocol),
                Assignment = assignment(member),
            });
        }

        return value;
    }

    /// <summary>A member as it comes back from the log. Records of version 0 know no rebalance timeout; the session's stands in.</summary>
    public static ClassicMember Member(GroupMetadataValue.MemberMetadata logged, string? protocol) => new()
    {
        Id = logged.MemberId,
        InstanceId = logged.GroupInstanceId,
        ClientId = logged.ClientId,
        ClientHost = logged.ClientHost,
        SessionTimeoutMs = logged.SessionTimeout,
        RebalanceTimeoutMs = logged.RebalanceTimeout < 0 ? logged.SessionTimeout : logged.RebalanceTimeout,
        Protocols = [new MemberProtocol(protocol ?? "", logged.Subscription)],
        Assignment = logged.Assignment,
    };
}
