namespace Spate.Protocol.Generator.Schemas;

/// <summary>A structure: the body of a message, or an element inside it.</summary>
internal sealed class StructSchema
{
    public StructSchema(string name, SchemaPosition position)
    {
        Name = name;
        Position = position;
    }

    public string Name { get; }

    public SchemaPosition Position { get; }

    /// <summary>The versions in which anything refers to the structure. Known once the whole file has been read.</summary>
    public VersionRange Reach { get; private set; } = VersionRange.None;

    /// <summary>How many fields have this type.</summary>
    public int Uses { get; set; }

    /// <summary>Something has to ask whether all fields are at their defaults.</summary>
    public bool NeedsIsDefault { get; set; }

    /// <summary>The place of the tagged section in the message's list of paths.</summary>
    public int TagsIndex { get; set; }

    public List<FieldSchema> Fields { get; } = [];

    public IEnumerable<FieldSchema> TaggedFields => Fields.Where(tagged => tagged.Tag is not null).OrderBy(tagged => tagged.Tag);

    public IEnumerable<FieldSchema> PlacedFields => Fields.Where(placed => placed.Tag is null);

    /// <summary>Takes in another use of the structure, and passes it on to those inside: one is spelt out at its first use, not its widest.</summary>
    public void Widen(VersionRange use)
    {
        Reach = Reach.Span(use);
        foreach (var inner in Fields)
        {
            inner.Resolve(Reach);
            if (!inner.Versions.IsEmpty)
            {
                inner.Struct?.Widen(inner.Versions);
            }
        }
    }
}
