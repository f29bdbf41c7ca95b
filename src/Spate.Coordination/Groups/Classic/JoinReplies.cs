using Spate.Protocol.Errors;
using Spate.Protocol.Messages;

namespace Spate.Coordination.Groups.Classic;

/// <summary>What a JoinGroup is answered.</summary>
internal static class JoinReplies
{
    /// <summary>From this version on a reply may name no protocol; before, it names an empty one.</summary>
    private const short NullableProtocolVersion = 7;

    public static JoinGroupResponse Refused(ErrorCode error, string memberId, short version) => new()
    {
        ErrorCode = error,
        MemberId = memberId,
        ProtocolName = version >= NullableProtocolVersion ? null : "",
    };

    /// <summary>The present generation. Its leader, and nobody else, learns who the members are.</summary>
    public static JoinGroupResponse Joined(ClassicGroup group, ClassicMember member)
    {
        var response = Follower(group, member.Id, group.LeaderId);
        if (group.LeaderId == member.Id)
        {
            AddMembers(response, group);
        }

        return response;
    }

    /// <summary>
    /// A static member that came back into a generation that goes on. Its assignment stands, so as leader it is either told not to assign
    /// (KIP-814), or, where the version cannot say so, told that its former self leads.
    /// </summary>
    public static JoinGroupResponse Returned(ClassicGroup group, ClassicMember member, string? leaderBefore, bool canSkipAssignment)
    {
        if (!canSkipAssignment)
        {
            return Follower(group, member.Id, leaderBefore);
        }

        var response = Joined(group, member);
        response.SkipAssignment = group.LeaderId == member.Id;
        return response;
    }

    private static JoinGroupResponse Follower(ClassicGroup group, string memberId, string? leaderId) => new()
    {
        GenerationId = group.Generation,
        ProtocolType = group.ProtocolType,
        ProtocolName = group.Protocol,
        Leader = leaderId ?? "",
        MemberId = memberId,
    };

    private static void AddMembers(JoinGroupResponse response, ClassicGroup group)
    {
        foreach (var member in group.Members)
        {
            response.Members.Add(new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = member.Id,
                GroupInstanceId = member.InstanceId,
                Metadata = member.MetadataFor(group.Protocol),
            });
        }
    }
}
