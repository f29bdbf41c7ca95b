namespace Spate.Protocol.Generator.Schemas;

/// <summary>A message: its versions, its body, and the structures inside.</summary>
internal sealed class MessageSchema
{
    public MessageSchema(string name, VersionRange versions, int? firstFlexible, SchemaPosition position)
    {
        Versions = versions;
        FirstFlexible = firstFlexible;
        Body = new StructSchema(name, position);
    }

    public string Name => Body.Name;

    public VersionRange Versions { get; }

    /// <summary>The first version with compact lengths and tagged fields; null when there is none.</summary>
    public int? FirstFlexible { get; }

    public StructSchema Body { get; }

    /// <summary>The structures inside, in order of their first use.</summary>
    public List<StructSchema> Structs { get; } = [];

    /// <summary>What the class is, for its documentation.</summary>
    public string Summary { get; set; } = "";

    /// <summary>The number that tells a record from the others of its family.</summary>
    public int? RecordType { get; set; }

    /// <summary>The family a record belongs to.</summary>
    public string? Family { get; set; }

    public ApiSchema? Api { get; set; }

    /// <summary>The paths of all fields, in order of their index.</summary>
    public List<string> Paths { get; } = [];

    public bool IsFlexible(int version) => version >= FirstFlexible;
}
