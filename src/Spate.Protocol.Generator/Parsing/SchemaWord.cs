using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>A word of a schema line.</summary>
internal readonly record struct SchemaWord(string Text, SchemaPosition Position);
