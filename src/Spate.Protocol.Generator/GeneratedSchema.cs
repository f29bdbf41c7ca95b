using Microsoft.CodeAnalysis;
using Spate.Protocol.Generator.Emission;
using Spate.Protocol.Generator.Parsing;
using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator;

/// <summary>
/// All that comes of one schema file, compared by value: when a file was touched and nothing came of it, nothing downstream runs again.
/// </summary>
internal sealed class GeneratedSchema : IEquatable<GeneratedSchema>
{
    private GeneratedSchema(string path, string source, string? familySource, ApiEntry? api, IReadOnlyList<SchemaError> errors)
    {
        Path = path;
        Source = source;
        FamilySource = familySource;
        Api = api;
        Errors = errors;
    }

    public string Path { get; }

    /// <summary>The classes of its messages; empty when there are errors.</summary>
    public string Source { get; }

    /// <summary>What the records of its family have in common; null when it names none.</summary>
    public string? FamilySource { get; }

    public ApiEntry? Api { get; }

    public IReadOnlyList<SchemaError> Errors { get; }

    public string Name => System.IO.Path.GetFileNameWithoutExtension(Path);

    public static GeneratedSchema From(AdditionalText file, CancellationToken cancellation)
    {
        var document = SchemaParser.Parse(file.GetText(cancellation)?.ToString() ?? "");
        if (document.Errors.Count > 0)
        {
            return new GeneratedSchema(file.Path, "", null, null, document.Errors);
        }

        var family = document.Family is null ? null : FamilyCode.Emit(document);
        return new GeneratedSchema(file.Path, MessageCode.Emit(document), family, Entry(document.Api), document.Errors);
    }

    public bool Equals(GeneratedSchema? other) =>
        other is not null && Path == other.Path && Source == other.Source && FamilySource == other.FamilySource
        && Equals(Api, other.Api) && Errors.SequenceEqual(other.Errors);

    public override bool Equals(object? obj) => Equals(obj as GeneratedSchema);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Source);

    private static ApiEntry? Entry(ApiSchema? api)
    {
        if (api is null)
        {
            return null;
        }

        var listeners = api.Listeners.Select(name => "ApiListeners." + char.ToUpperInvariant(name[0]) + name.Substring(1));
        var value = api.Listeners.Count == 0 ? "ApiListeners.None" : string.Join(" | ", listeners);
        return new ApiEntry(api.Key, api.Name, api.Versions.Low, api.Versions.High, api.FirstFlexible, value);
    }
}
