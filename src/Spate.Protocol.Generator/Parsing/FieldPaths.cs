using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>
/// Numbers all fields of a message and spells out their paths, by which errors name them. A structure that several fields share has one
/// set of numbers, so its paths begin with its own name. Marks, too, which structures must be able to tell whether they are at default.
/// </summary>
internal static class FieldPaths
{
    public static void Number(MessageSchema message)
    {
        Number(message, message.Body, "", []);
    }

    private static void Number(MessageSchema message, StructSchema structure, string prefix, HashSet<StructSchema> seen)
    {
        if (!seen.Add(structure))
        {
            return;
        }

        foreach (var field in structure.Fields)
        {
            field.Index = message.Paths.Count;
            message.Paths.Add(prefix + field.Name);
            if (field.Struct is { } inner)
            {
                Number(message, inner, inner.Uses > 1 ? inner.Name + "." : prefix + field.Name + ".", seen);
            }

            var isPartial = !field.Versions.Contains(structure.Reach);
            if (!field.IsArray && (field.IsOptionalStruct || (isPartial && !field.IsIgnorable && field.Nullable is null)))
            {
                NeedIsDefault(field.Struct);
            }
        }

        structure.TagsIndex = message.Paths.Count;
        message.Paths.Add(prefix + "tagged fields");
    }

    private static void NeedIsDefault(StructSchema? structure)
    {
        if (structure is null || structure.NeedsIsDefault)
        {
            return;
        }

        structure.NeedsIsDefault = true;
        foreach (var field in structure.Fields.Where(field => !field.IsArray && field.Nullable is null))
        {
            NeedIsDefault(field.Struct);
        }
    }
}
