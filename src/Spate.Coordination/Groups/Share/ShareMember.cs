namespace Spate.Coordination.Groups.Share;

/// <summary>One member of a share group, at one moment. Immutable: the group puts another in its place.</summary>
internal sealed record ShareMember(string Id, ShareMemberMetadata Metadata, ShareAssignment Current)
{
    public static ShareMember New(string memberId) => new(memberId, ShareMemberMetadata.None, ShareAssignment.None);
}
