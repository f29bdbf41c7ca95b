namespace Spate.Coordination.Groups.Classic;

/// <summary>A way to assign partitions that a member understands, and what the member says about itself in that way's own terms.</summary>
internal sealed record MemberProtocol(string Name, ReadOnlyMemory<byte> Metadata)
{
    public bool IsSame(MemberProtocol other) => Name == other.Name && Metadata.Span.SequenceEqual(other.Metadata.Span);
}
