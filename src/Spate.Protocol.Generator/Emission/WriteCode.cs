using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>Writes the method that writes a structure.</summary>
internal sealed class WriteCode
{
    private readonly CodeWriter _code;
    private readonly MessageSchema _message;
    private readonly StructSchema _structure;

    private WriteCode(CodeWriter code, MessageSchema message, StructSchema structure)
    {
        _code = code;
        _message = message;
        _structure = structure;
    }

    public static void Emit(CodeWriter code, MessageSchema message, StructSchema structure) =>
        new WriteCode(code, message, structure).Emit();

    private void Emit()
    {
        if (VersionCode.CompactLocal(_message, _structure) is { } local)
        {
            _code.Line(local);
        }

        foreach (var field in _structure.PlacedFields)
        {
            EmitPlaced(field);
        }

        EmitTags();
    }

    private void EmitPlaced(FieldSchema field)
    {
        var condition = VersionCode.IsIn(field.Versions, _structure.Reach);
        if (condition is null)
        {
            EmitValue(field);
            return;
        }

        _code.Open($"if ({condition})");
        EmitValue(field);
        _code.Close();
        if (!field.IsIgnorable)
        {
            _code.Open($"else if ({FieldCode.IsSet(field)})");
            _code.Line($"writer.RefuseField({field.Index});");
            _code.Close();
        }

        _code.Line();
    }

    private void EmitTags()
    {
        var compact = VersionCode.Compact(_message, _structure.Reach);
        var tagged = _structure.TaggedFields.ToList();
        foreach (var field in tagged.Where(field => !field.IsIgnorable))
        {
            if (VersionCode.IsIn(field.Versions, _structure.Reach) is { } condition)
            {
                _code.Open($"if (!({condition}) && {FieldCode.IsSet(field)})");
                _code.Line($"writer.RefuseField({field.Index});");
                _code.Close();
                _code.Line();
            }
        }

        if (compact == "false")
        {
            return;
        }

        if (compact == "compact")
        {
            _code.Open("if (compact)");
        }

        if (tagged.Count == 0)
        {
            _code.Line("writer.WriteUnsignedVarint(0);");
        }
        else
        {
            EmitTagged(tagged);
        }

        if (compact == "compact")
        {
            _code.Close();
        }
    }

    private void EmitTagged(List<FieldSchema> tagged)
    {
        var reach = _structure.Reach.Intersect(new VersionRange(_message.FirstFlexible ?? 0, short.MaxValue));
        _code.Line("var tags = 0u;");
        foreach (var field in tagged)
        {
            var condition = VersionCode.IsIn(field.Versions, reach);
            _code.Line($"var has{field.Name} = {(condition is null ? "" : $"{condition} && ")}{FieldCode.IsSet(field)};");
            _code.Line($"tags += has{field.Name} ? 1u : 0u;");
        }

        _code.Line("writer.WriteUnsignedVarint(tags);");
        foreach (var field in tagged)
        {
            _code.Open($"if (has{field.Name})");
            _code.Line($"var start = writer.BeginTag({field.Tag});");
            EmitValue(field);
            _code.Line("writer.EndTag(start);");
            _code.Close();
            _code.Line();
        }
    }

    private void EmitValue(FieldSchema field)
    {
        if (field.Nullable is { } nullable && VersionCode.IsIn(nullable, field.Versions.Intersect(_structure.Reach)) is { } condition)
        {
            _code.Open($"if (!({condition}) && {field.Name}{(field.Scalar is { IsRecords: true } ? ".IsNull" : " is null")})");
            _code.Line($"writer.RefuseNull({field.Index});");
            _code.Close();
            _code.Line();
        }

        var compact = field.IsPlain ? "false" : field.Tag is not null ? "true" : VersionCode.Compact(_message, _structure.Reach);
        if (field.IsArray)
        {
            EmitArray(field, compact);
        }
        else if (field.Scalar is { } scalar)
        {
            EmitScalar(field, scalar, compact);
        }
        else
        {
            EmitStruct(field);
        }
    }

    private void EmitArray(FieldSchema field, string compact)
    {
        if (field.Nullable is not null)
        {
            _code.Open($"if ({field.Name} is null)");
            _code.Line($"writer.WriteNullArray({compact});");
            _code.Close();
            _code.Open("else");
        }

        _code.Line(field.Scalar is { } scalar
            ? $"writer.Write{scalar.Method}List({field.Name}, {compact});"
            : $"{_message.Name}.{field.Struct!.Name}.WriteList(writer, version, {field.Name}, {compact});");
        if (field.Nullable is not null)
        {
            _code.Close();
            _code.Line();
        }
    }

    private void EmitScalar(FieldSchema field, ScalarType scalar, string compact)
    {
        if (scalar.IsRecords && field.Nullable is null)
        {
            _code.Open($"if ({field.Name}.IsNull)");
            _code.Line($"writer.RefuseNull({field.Index});");
            _code.Close();
            _code.Line();
        }

        var isNullable = field.Nullable is not null && !scalar.IsRecords;
        _code.Line(scalar.HasLength
            ? $"writer.Write{(isNullable ? "Nullable" : "")}{scalar.Method}({field.Name}, {compact});"
            : $"writer.Write{scalar.Method}({field.Name});");
    }

    private void EmitStruct(FieldSchema field)
    {
        if (field.Nullable is null)
        {
            _code.Line($"{field.Name}{(field.IsOptionalStruct ? "!" : "")}.Write(writer, version);");
            return;
        }

        _code.Line($"writer.WriteInt8({field.Name} is null ? (sbyte)-1 : (sbyte)1);");
        _code.Line($"{field.Name}?.Write(writer, version);");
    }
}
