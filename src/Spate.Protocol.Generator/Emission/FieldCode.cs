using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>The pieces of code that depend on a field's type: its C# type, its default, and how to tell whether it is at its default.</summary>
internal static class FieldCode
{
    /// <summary>The type of the property.</summary>
    public static string Type(FieldSchema field)
    {
        var element = field.Scalar?.CSharp ?? field.Struct!.Name;
        var type = field.IsArray ? $"List<{element}>" : element;
        return IsNullableProperty(field) ? type + "?" : type;
    }

    public static bool IsNullableProperty(FieldSchema field) =>
        field.IsOptionalStruct || (field.Nullable is not null && field.Scalar is not { IsRecords: true });

    /// <summary>The default as an expression.</summary>
    public static string Default(FieldSchema field)
    {
        if (field.DefaultsToNull || field.IsOptionalStruct)
        {
            return field.Scalar is { IsRecords: true } ? "default" : "null";
        }

        if (field.IsArray || field.Struct is not null)
        {
            return "new()";
        }

        return field.Scalar!.Name switch
        {
            "string" => "\"\"",
            "bytes" => "ReadOnlyMemory<byte>.Empty",
            "records" => field.Nullable is null ? "RecordsPayload.Empty" : "default",
            "bool" => field.Default ?? "false",
            "uuid" => "default",
            "error" => "ErrorCode.None",
            _ => field.Default ?? "0",
        };
    }

    /// <summary>The default as one branch of a conditional expression, where a small integer would be taken for an int.</summary>
    public static string TypedDefault(FieldSchema field) =>
        field is { IsArray: false, Scalar: { IsNumber: true, Size: < 4 } small } ? $"({small.CSharp})({Default(field)})" : Default(field);

    /// <summary>The default has to be made anew for every instance.</summary>
    public static bool DefaultIsMade(FieldSchema field) => Default(field) == "new()";

    /// <summary>What to write behind the property so that it starts at its default; empty when it does so by itself.</summary>
    public static string Initializer(FieldSchema field)
    {
        if (DefaultIsMade(field))
        {
            return " = null!;";
        }

        var value = Default(field);
        var startsThere = value is "null" or "default" or "false" or "0" or "ErrorCode.None"
            || (field.Scalar is { Name: "bytes" } && field.Nullable is null);
        return startsThere ? "" : $" = {value};";
    }

    /// <summary>True when the property says anything but its default.</summary>
    public static string IsSet(FieldSchema field)
    {
        var name = field.Name;
        if (field.IsOptionalStruct)
        {
            return $"{name} is {{ IsDefault: false }}";
        }

        if (field.Scalar is { IsRecords: true })
        {
            return field.Nullable is null ? $"{name}.Length != 0" : $"!{name}.IsNull";
        }

        if (field.DefaultsToNull)
        {
            return $"{name} is not null";
        }

        if (field.IsArray)
        {
            return $"{name} is not {{ Count: 0 }}";
        }

        return field.Struct is not null ? $"!{name}.IsDefault" : IsScalarSet(field);
    }

    private static string IsScalarSet(FieldSchema field)
    {
        var name = field.Name;
        return field.Scalar!.Name switch
        {
            "string" => $"{name} is not {{ Length: 0 }}",
            "bytes" => field.Nullable is null ? $"!{name}.IsEmpty" : $"{name} is not {{ IsEmpty: true }}",
            "bool" => field.Default is null ? name : $"!{name}",
            "uuid" => $"!{name}.IsZero",
            _ => $"{name} != {Default(field)}",
        };
    }

    /// <summary>What the property's documentation says.</summary>
    public static string Remarks(FieldSchema field, VersionRange message)
    {
        var range = field.Versions.High >= message.High ? $"{field.Versions.Low}+" : field.Versions.ToString();
        var text = $"Versions {range}";
        if (field.Nullable is { } nullable)
        {
            text += nullable == field.Versions ? ", may be null" : $", may be null in {(nullable.High >= message.High ? $"{nullable.Low}+" : nullable.ToString())}";
        }

        if (field.Tag is not null)
        {
            text += $", tag {field.Tag}";
        }

        if (field.IsOptionalStruct)
        {
            text += ", null when everything in it is at its default";
        }

        return text + (field.IsIgnorable ? ", left out silently in others." : ".");
    }
}
