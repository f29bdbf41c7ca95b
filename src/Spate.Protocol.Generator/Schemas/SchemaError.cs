namespace Spate.Protocol.Generator.Schemas;

/// <summary>Something wrong in a schema file, and where.</summary>
internal sealed record SchemaError(SchemaPosition Position, string Text);
