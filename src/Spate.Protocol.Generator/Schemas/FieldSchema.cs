namespace Spate.Protocol.Generator.Schemas;

/// <summary>One field of a structure.</summary>
internal sealed class FieldSchema
{
    public FieldSchema(string name, SchemaPosition position)
    {
        Name = name;
        Position = position;
    }

    public string Name { get; }

    public SchemaPosition Position { get; }

    /// <summary>The versions as written; null when the field is wherever its structure is.</summary>
    public VersionRange? WrittenVersions { get; set; }

    /// <summary>The versions in which null was said to be allowed, as written; null when it was not said.</summary>
    public VersionRange? WrittenNullable { get; set; }

    /// <summary>Where the field is on the wire, never wider than the structure around it. Known once the whole file has been read.</summary>
    public VersionRange Versions { get; private set; }

    /// <summary>Versions in which the value may be null; null when there are none.</summary>
    public VersionRange? Nullable { get; private set; }

    /// <summary>The type, when it is none of the message's structures.</summary>
    public ScalarType? Scalar { get; set; }

    /// <summary>The structure, when the type is none that the notation knows.</summary>
    public StructSchema? Struct { get; set; }

    public bool IsArray { get; set; }

    /// <summary>The default as it is written in the schema; null when the type's own default holds.</summary>
    public string? Default { get; set; }

    public int? Tag { get; set; }

    /// <summary>May be left out silently where a version has no room for it.</summary>
    public bool IsIgnorable { get; set; }

    /// <summary>Keeps plain lengths where everything around it is compact.</summary>
    public bool IsPlain { get; set; }

    /// <summary>The place of the field in the message's list of paths.</summary>
    public int Index { get; set; }

    public bool DefaultsToNull => Default == "null";

    /// <summary>A structure that is left out when everything in it is at its default; its property is null then.</summary>
    public bool IsOptionalStruct => Struct is not null && !IsArray && Tag is not null && Nullable is null;

    /// <summary>Fits what was written into the versions that the structure turned out to have.</summary>
    public void Resolve(VersionRange reach)
    {
        Versions = WrittenVersions?.Intersect(reach) ?? reach;
        Nullable = WrittenNullable?.Intersect(Versions);
    }
}
