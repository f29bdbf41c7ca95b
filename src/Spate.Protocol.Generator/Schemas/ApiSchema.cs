namespace Spate.Protocol.Generator.Schemas;

/// <summary>An API: a request and its response, which share their versions.</summary>
internal sealed class ApiSchema
{
    public ApiSchema(int key, string name, VersionRange versions, int? firstFlexible, SchemaPosition position)
    {
        Key = key;
        Name = name;
        Versions = versions;
        FirstFlexible = firstFlexible;
        Position = position;
    }

    public int Key { get; }

    public string Name { get; }

    public VersionRange Versions { get; }

    public int? FirstFlexible { get; }

    public SchemaPosition Position { get; }

    public List<string> Listeners { get; } = [];

    public MessageSchema? Request { get; set; }

    public MessageSchema? Response { get; set; }
}
