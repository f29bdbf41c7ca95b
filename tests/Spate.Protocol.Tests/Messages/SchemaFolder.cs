using Spate.Protocol.Generator.Parsing;
using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Tests.Messages;

/// <summary>The schemas of the product, read with the generator's own parser: the tests learn from them what a version carries.</summary>
internal static class SchemaFolder
{
    public static IReadOnlyDictionary<string, MessageSchema> Messages { get; } =
        Directory.EnumerateFiles(Repository.PathOf("src", "Spate.Protocol", "Schemas"), "*.schema", SearchOption.AllDirectories)
            .SelectMany(path => SchemaParser.Parse(File.ReadAllText(path)).Messages)
            .ToDictionary(message => message.Name);
}
