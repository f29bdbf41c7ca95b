using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Spate.Protocol.Generator.Emission;
using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator;

/// <summary>Turns the project's <c>.schema</c> files into the classes of the protocol's messages.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class MessageGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadSchema = new(
        "SPATE001", "Schema cannot be read", "{0}", "Spate.Schema", DiagnosticSeverity.Error, isEnabledByDefault: true);

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var schemas = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".schema", StringComparison.Ordinal))
            .Select(GeneratedSchema.From);
        context.RegisterSourceOutput(schemas, AddMessages);

        var apis = schemas.Select((schema, _) => (schema.Api, schema.Path)).Where(entry => entry.Api is not null).Collect();
        context.RegisterSourceOutput(apis, AddCatalog);
    }

    private static void AddMessages(SourceProductionContext context, GeneratedSchema schema)
    {
        foreach (var error in schema.Errors)
        {
            context.ReportDiagnostic(Diagnostic.Create(BadSchema, At(schema.Path, error.Position), error.Text));
        }

        if (schema.Errors.Count > 0)
        {
            return;
        }

        context.AddSource($"{schema.Name}.g.cs", SourceText.From(schema.Source, Encoding.UTF8));
        if (schema.FamilySource is not null)
        {
            context.AddSource($"{schema.Name}.Family.g.cs", SourceText.From(schema.FamilySource, Encoding.UTF8));
        }
    }

    private static void AddCatalog(SourceProductionContext context, ImmutableArray<(ApiEntry? Api, string Path)> entries)
    {
        var sorted = entries.OrderBy(entry => entry.Api!.Key).ToList();
        foreach (var (first, second) in sorted.Zip(sorted.Skip(1), (first, second) => (first, second)))
        {
            if (first.Api!.Key == second.Api!.Key)
            {
                var text = $"API key {first.Api.Key} is given to {first.Api.Name} as well";
                context.ReportDiagnostic(Diagnostic.Create(BadSchema, At(second.Path, default), text));
                return;
            }
        }

        var apis = sorted.Select(entry => entry.Api!).ToList();
        context.AddSource("ApiCatalog.g.cs", SourceText.From(CatalogCode.Emit(apis), Encoding.UTF8));
    }

    private static Location At(string path, SchemaPosition position)
    {
        var start = new LinePosition(position.Line, position.Column);
        var end = new LinePosition(position.Line, position.Column + position.Length);
        return Location.Create(path, new TextSpan(position.Start, position.Length), new LinePositionSpan(start, end));
    }
}
