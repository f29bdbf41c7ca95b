using System.Diagnostics.CodeAnalysis;
using Spate.Coordination.Groups.Classic;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>What is known besides of a member that speaks the classic protocol in a group of the new one. Immutable.</summary>
/// <param name="sessionTimeoutMs">How long it may be silent, which such a member says for itself.</param>
/// <param name="protocols">What it understands, what it prefers first.</param>
internal sealed class ClassicSide(int sessionTimeoutMs, IReadOnlyList<MemberProtocol> protocols) : IEquatable<ClassicSide>
{
    public int SessionTimeoutMs { get; } = sessionTimeoutMs;

    public IReadOnlyList<MemberProtocol> Protocols { get; } = protocols;

    public bool Supports(string protocol) => Protocols.Any(supported => supported.Name == protocol);

    public bool Equals([NotNullWhen(true)] ClassicSide? other) =>
        other is not null
        && SessionTimeoutMs == other.SessionTimeoutMs
        && Protocols.Count == other.Protocols.Count
        && Protocols.Zip(other.Protocols).All(pair => pair.First.IsSame(pair.Second));

    public override bool Equals(object? obj) => Equals(obj as ClassicSide);

    public override int GetHashCode() => HashCode.Combine(SessionTimeoutMs, Protocols.Count);
}
