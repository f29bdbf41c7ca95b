namespace Spate.Coordination.Groups.Consumer;

/// <summary>One member of a group of the consumer protocol, at one moment. Immutable: the group puts another in its place.</summary>
internal sealed record ConsumerMember(string Id, MemberMetadata Metadata, CurrentAssignment Current)
{
    public bool SpeaksClassic => Metadata.Classic is not null;
}
