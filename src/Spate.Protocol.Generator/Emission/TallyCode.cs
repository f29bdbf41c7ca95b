using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>The code by which a response counts the error codes in it, those of its structures included.</summary>
internal static class TallyCode
{
    public static void EmitResponse(CodeWriter code, StructSchema body)
    {
        code.Open("public void TallyErrors(IErrorTally tally)");
        if (HasErrors(body))
        {
            EmitFields(code, body);
        }
        else
        {
            code.Line("tally.Add(ErrorCode.None);");
        }

        code.Close();
    }

    /// <summary>Nothing, where neither the message is a response nor the structure has an error code.</summary>
    public static void EmitStruct(CodeWriter code, MessageSchema message, StructSchema structure)
    {
        if (message.Api is { } api && !ReferenceEquals(message, api.Request) && HasErrors(structure))
        {
            code.Open("internal void TallyErrors(IErrorTally tally)");
            EmitFields(code, structure);
            code.Close();
            code.Line();
        }
    }

    private static void EmitFields(CodeWriter code, StructSchema structure)
    {
        foreach (var field in structure.Fields)
        {
            if (field.Struct is { } inner && HasErrors(inner))
            {
                EmitInner(code, field);
            }
            else if (IsError(field))
            {
                code.Line($"tally.Add({field.Name});");
            }
        }
    }

    private static void EmitInner(CodeWriter code, FieldSchema field)
    {
        if (!field.IsArray)
        {
            code.Line($"{field.Name}{(FieldCode.IsNullableProperty(field) ? "?" : "")}.TallyErrors(tally);");
            return;
        }

        if (FieldCode.IsNullableProperty(field))
        {
            code.Open($"if ({field.Name} is not null)");
        }

        code.Open($"foreach (var element in {field.Name})");
        code.Line("element.TallyErrors(tally);");
        code.Close();
        if (FieldCode.IsNullableProperty(field))
        {
            code.Close();
        }
    }

    private static bool HasErrors(StructSchema structure) =>
        structure.Fields.Any(field => IsError(field) || (field.Struct is { } inner && HasErrors(inner)));

    private static bool IsError(FieldSchema field) => field is { IsArray: false, Scalar.Name: "error" };
}
