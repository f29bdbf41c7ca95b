using System.Diagnostics.CodeAnalysis;

namespace Spate.Coordination.Groups.Streams;

/// <summary>What a client says of where it runs, each thing once, in order. Immutable; the same whenever it says the same.</summary>
internal sealed class ClientTags : IEquatable<ClientTags>
{
    private readonly (string Key, string Value)[] _tags;

    private ClientTags((string Key, string Value)[] tags) => _tags = tags;

    public static ClientTags None { get; } = new([]);

    public IReadOnlyList<(string Key, string Value)> All => _tags;

    /// <summary>Of things said twice the last one counts.</summary>
    public static ClientTags Of(IEnumerable<(string Key, string Value)> said)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in said)
        {
            tags[key] = value;
        }

        return tags.Count == 0 ? None : new ClientTags([.. tags.Select(pair => (pair.Key, pair.Value))]);
    }

    public bool Equals([NotNullWhen(true)] ClientTags? other) => other is not null && _tags.AsSpan().SequenceEqual(other._tags);

    public override bool Equals(object? obj) => Equals(obj as ClientTags);

    public override int GetHashCode() => _tags.Length;

    public override string ToString() => string.Join(' ', _tags.Select(tag => $"{tag.Key}={tag.Value}"));
}
