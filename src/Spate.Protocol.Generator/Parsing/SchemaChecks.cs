using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>What must hold of a message beyond its grammar, so that the code written for it compiles and means something.</summary>
internal static class SchemaChecks
{
    public static void Check(MessageSchema message, Action<SchemaPosition, string> error)
    {
        foreach (var structure in message.Structs)
        {
            if (structure.Fields.Count == 0)
            {
                error(structure.Position, $"{structure.Name} is no known type, and no fields follow that would spell it out");
            }

            if (structure.Name == message.Name || Names(message.Body, structure.Name) || Names(structure, structure.Name))
            {
                error(structure.Position, $"{structure.Name} names a structure and something else in the same place");
            }

            CheckFields(structure, message, error);
        }

        if (Names(message.Body, message.Name))
        {
            error(message.Body.Position, $"{message.Name} names a message and a field of it");
        }

        CheckFields(message.Body, message, error);
    }

    private static bool Names(StructSchema structure, string name) => structure.Fields.Any(field => field.Name == name);

    private static void CheckFields(StructSchema structure, MessageSchema message, Action<SchemaPosition, string> error)
    {
        foreach (var field in structure.Fields)
        {
            CheckVersions(field, structure.Reach, error);
            CheckDefault(field, error);
            if (field.Tag is not null)
            {
                CheckTag(field, structure, message, error);
            }

            if (field is { Struct: not null, IsArray: false } && (field.Nullable is not null) != field.DefaultsToNull)
            {
                error(field.Position, "a structure may be null exactly when null is its default");
            }
        }
    }

    private static void CheckVersions(FieldSchema field, VersionRange reach, Action<SchemaPosition, string> error)
    {
        if (field.WrittenVersions is { } written && !IsWithin(written, reach))
        {
            error(field.Position, $"versions {written} reach beyond the {reach} around them");
        }
        else if (field.WrittenNullable is { Low: > 0 } nullable && !IsWithin(nullable, field.Versions))
        {
            error(field.Position, $"null in {nullable} reaches beyond the {field.Versions} of the field");
        }
    }

    private static bool IsWithin(VersionRange written, VersionRange around) =>
        written.Low >= around.Low && written.Low <= around.High && (written.IsOpen || written.High <= around.High);

    private static void CheckTag(FieldSchema field, StructSchema structure, MessageSchema message, Action<SchemaPosition, string> error)
    {
        if (message.FirstFlexible is not { } flexible || field.Versions.Low < flexible)
        {
            error(field.Position, $"a tagged field needs flexible versions, and {field.Versions} are not all");
        }

        if (structure.Fields.TakeWhile(other => !ReferenceEquals(other, field)).Any(other => other.Tag == field.Tag))
        {
            error(field.Position, $"tag {field.Tag} is taken");
        }

        if (HoldsRecords(field))
        {
            error(field.Position, "records cannot stand in a tagged field");
        }
    }

    private static bool HoldsRecords(FieldSchema field) =>
        field.Scalar is { IsRecords: true } || (field.Struct is { } inner && inner.Fields.Any(HoldsRecords));

    private static void CheckDefault(FieldSchema field, Action<SchemaPosition, string> error)
    {
        if (field.Default is not { } text)
        {
            return;
        }

        var fits = text == "null" ? field.Nullable is not null
            : field.IsArray || field.Scalar is null ? false
            : field.Scalar.Name == "bool" ? text == "true"
            : field.Scalar.IsNumber && long.TryParse(text, out var number) && Fits(number, field.Scalar);
        if (!fits)
        {
            error(field.Position, $"'{text}' is no default for this type, or is the type's own default");
        }
    }

    private static bool Fits(long number, ScalarType type)
    {
        if (number == 0)
        {
            return false;
        }

        var isUnsigned = type.Name[0] == 'u';
        var bits = (type.Size * 8) - (isUnsigned ? 0 : 1);
        return type.Size == 8 || (number < 1L << bits && number >= (isUnsigned ? 0 : -(1L << bits)));
    }
}
