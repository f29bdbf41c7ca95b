using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>Writes the method that reads a structure.</summary>
internal sealed class ReadCode
{
    private readonly CodeWriter _code;
    private readonly MessageSchema _message;
    private readonly StructSchema _structure;

    private ReadCode(CodeWriter code, MessageSchema message, StructSchema structure)
    {
        _code = code;
        _message = message;
        _structure = structure;
    }

    public static void Emit(CodeWriter code, MessageSchema message, StructSchema structure) =>
        new ReadCode(code, message, structure).Emit();

    private void Emit()
    {
        if (VersionCode.CompactLocal(_message, _structure) is { } local)
        {
            _code.Line(local);
        }

        foreach (var field in _structure.PlacedFields)
        {
            _code.Line($"reader.Field = {field.Index};");
            var condition = VersionCode.IsIn(field.Versions, _structure.Reach);
            var value = Value(field);
            _code.Line(condition is null ? $"{field.Name} = {value};" : $"{field.Name} = {condition} ? {value} : {FieldCode.TypedDefault(field)};");
        }

        EmitTags();
    }

    private void EmitTags()
    {
        foreach (var field in _structure.TaggedFields)
        {
            _code.Line($"{field.Name} = {FieldCode.Default(field)};");
        }

        var compact = VersionCode.Compact(_message, _structure.Reach);
        if (compact == "false")
        {
            return;
        }

        if (compact == "compact")
        {
            _code.Open("if (compact)");
        }

        _code.Line($"reader.Field = {_structure.TagsIndex};");
        if (_structure.TaggedFields.Any())
        {
            EmitTagLoop();
        }
        else
        {
            _code.Line("reader.SkipTags();");
        }

        if (compact == "compact")
        {
            _code.Close();
        }
    }

    private void EmitTagLoop()
    {
        _code.Line("var tags = reader.BeginTags();");
        _code.Open("while (reader.NextTag(ref tags, out var tag))");
        _code.Open("switch (tag)");
        foreach (var field in _structure.TaggedFields)
        {
            var condition = VersionCode.IsIn(field.Versions, TagReach());
            _code.Line(condition is null ? $"case {field.Tag}:" : $"case {field.Tag} when {condition}:");
            _code.Line($"    reader.Field = {field.Index};");
            _code.Line($"    {field.Name} = {Value(field)};");
            _code.Line("    break;");
        }

        _code.Line("default:");
        _code.Line("    reader.SkipTag();");
        _code.Line("    break;");
        _code.Close();
        _code.Line();
        _code.Close();
        _code.Line();
    }

    /// <summary>The versions in which the structure has tagged fields at all.</summary>
    private VersionRange TagReach() => _structure.Reach.Intersect(new VersionRange(_message.FirstFlexible ?? 0, short.MaxValue));

    private string Value(FieldSchema field)
    {
        if (field.Nullable is not { } nullable)
        {
            return Value(field, isNullable: false);
        }

        var condition = VersionCode.IsIn(nullable, field.Versions.Intersect(_structure.Reach));
        return condition is null
            ? Value(field, isNullable: true)
            : $"({condition} ? {Value(field, isNullable: true)} : {Value(field, isNullable: false)})";
    }

    private string Value(FieldSchema field, bool isNullable)
    {
        var compact = field.IsPlain ? "false" : field.Tag is not null ? "true" : VersionCode.Compact(_message, _structure.Reach);
        var prefix = isNullable ? "ReadNullable" : "Read";
        if (field.Scalar is { } scalar)
        {
            var list = field.IsArray ? "List" : "";
            return field.IsArray || scalar.HasLength
                ? $"reader.{prefix}{scalar.Method}{list}({compact})"
                : $"reader.Read{scalar.Method}()";
        }

        var type = $"{_message.Name}.{field.Struct!.Name}";
        if (field.IsArray)
        {
            var count = $"reader.{prefix}ArrayCount({compact}, {WireSize.Minimum(field.Struct, _message)})";
            return isNullable
                ? $"{count} is >= 0 and var count{field.Index} ? {type}.ReadList(ref reader, version, count{field.Index}) : null"
                : $"{type}.ReadList(ref reader, version, {count})";
        }

        return isNullable ? $"reader.ReadPresence() ? new {type}(ref reader, version) : null" : $"new {type}(ref reader, version)";
    }
}
