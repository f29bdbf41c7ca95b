namespace Spate.Protocol.Generator.Schemas;

/// <summary>What one schema file says.</summary>
internal sealed class SchemaDocument
{
    public ApiSchema? Api { get; set; }

    public string? Family { get; set; }

    public List<MessageSchema> Messages { get; } = [];

    public List<SchemaError> Errors { get; } = [];
}
