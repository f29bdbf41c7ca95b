namespace Spate.Protocol.Generator.Schemas;

/// <summary>A word in a schema file. Line and column count from 0; <see cref="Start"/> is the offset in the file.</summary>
internal readonly record struct SchemaPosition(int Line, int Column, int Start, int Length);
