namespace Spate.Coordination.Groups.Classic;

/// <summary>How a group comes to agree on one protocol.</summary>
internal static class ProtocolSelection
{
    /// <summary>
    /// Whether somebody with these protocols can be in the group: in an empty group anyone who has any, else those of the same type who
    /// understand one protocol at least that all members understand.
    /// </summary>
    public static bool Admits(ClassicGroup? group, string protocolType, IReadOnlyList<MemberProtocol> protocols)
    {
        if (protocolType.Length == 0 || protocols.Count == 0)
        {
            return false;
        }

        return group is null
            || group.MemberCount == 0
            || (group.ProtocolType == protocolType
                && protocols.Any(protocol => group.Members.All(member => member.Supports(protocol.Name))));
    }

    /// <summary>
    /// Each member votes for the first in its list that all understand; most votes win, and of equals the one that the member of longest
    /// standing prefers.
    /// </summary>
    public static string Select(IReadOnlyCollection<ClassicMember> members)
    {
        var candidates = members.First().Protocols
            .Select(protocol => protocol.Name)
            .Where(name => members.All(member => member.Supports(name)))
            .ToList();
        return candidates.Count == 0
            ? throw new InvalidOperationException("The members of a group have no protocol in common.")
            : candidates.MaxBy(candidate => members.Count(member => Vote(member, candidates) == candidate))!;
    }

    private static string Vote(ClassicMember member, List<string> candidates) =>
        member.Protocols.First(protocol => candidates.Contains(protocol.Name, StringComparer.Ordinal)).Name;
}
