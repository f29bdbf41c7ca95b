using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Spate.Coordination.Groups;

/// <summary>Names of topics, each once, in order. Immutable; the same whenever the names are.</summary>
internal sealed class TopicNames : IReadOnlyCollection<string>, IEquatable<TopicNames>
{
    private readonly string[] _names;

    private TopicNames(string[] names) => _names = names;

    public static TopicNames None { get; } = new([]);

    public int Count => _names.Length;

    public static TopicNames Of(IEnumerable<string> names)
    {
        string[] sorted = [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return sorted.Length == 0 ? None : new TopicNames(sorted);
    }

    public bool Contains(string name) => Array.BinarySearch(_names, name, StringComparer.Ordinal) >= 0;

    public bool Equals([NotNullWhen(true)] TopicNames? other) =>
        other is not null && (ReferenceEquals(this, other) || _names.AsSpan().SequenceEqual(other._names));

    public override bool Equals(object? obj) => Equals(obj as TopicNames);

    public override int GetHashCode() => HashCode.Combine(_names.Length, _names.Length == 0 ? 0 : StringComparer.Ordinal.GetHashCode(_names[0]));

    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)_names).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
