using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>Writes the classes of a message: itself, and its structures inside it.</summary>
internal static class MessageCode
{
    public static string Emit(SchemaDocument document)
    {
        var code = CodeWriter.Begin();
        foreach (var message in document.Messages)
        {
            EmitMessage(code, message);
            code.Line();
        }

        return code.ToString();
    }

    private static void EmitMessage(CodeWriter code, MessageSchema message)
    {
        var name = message.Name;
        code.Line($"/// <summary>{message.Summary}, versions {message.Versions.Low} to {message.Versions.High}.</summary>");
        code.Open($"public sealed class {name} : {Interfaces(message)}");
        code.Line($"public const short LowestVersion = {message.Versions.Low};");
        code.Line($"public const short HighestVersion = {message.Versions.High};");
        code.Line($"public const short FirstFlexibleVersion = {message.FirstFlexible?.ToString() ?? "short.MaxValue"};");
        code.Line($"private const string FieldPaths = \"{string.Join(";", message.Paths)}\";");
        code.Line();
        EmitFacts(code, message);
        EmitConstructor(code, message.Body);
        EmitProperties(code, message.Body, message);

        var enter = $"Enter(\"{name}\", version, LowestVersion, HighestVersion, FieldPaths);";
        code.Open("public void Read(ref MessageReader reader, short version)");
        code.Line($"reader.{enter}");
        ReadCode.Emit(code, message, message.Body);
        code.Close();
        code.Line();
        code.Open("public void Write(MessageWriter writer, short version)");
        code.Line($"writer.{enter}");
        WriteCode.Emit(code, message, message.Body);
        code.Close();
        if (message.Api is { } api && !ReferenceEquals(message, api.Request))
        {
            code.Line();
            TallyCode.EmitResponse(code, message.Body);
        }

        foreach (var structure in message.Structs)
        {
            code.Line();
            EmitStruct(code, message, structure);
        }

        code.Close();
    }

    private static string Interfaces(MessageSchema message) =>
        message.Api is { } api
            ? ReferenceEquals(message, api.Request) ? $"IRequestMessage<{api.Name}Response>" : "IResponseMessage"
            : message.Family is { } family ? $"I{family}" : "IMessage";

    private static void EmitFacts(CodeWriter code, MessageSchema message)
    {
        if (message.Family is { } family)
        {
            code.Line($"{family}Type I{family}.Type => {family}Type.{FamilyCode.MemberName(message)};");
            code.Line($"short I{family}.HighestVersion => HighestVersion;");
            code.Line();
        }

        if (message.Api is not { } api)
        {
            return;
        }

        code.Line($"public ApiKey ApiKey => ApiKey.{api.Name};");
        if (ReferenceEquals(message, api.Request))
        {
            var contract = $"IRequestMessage<{api.Name}Response>";
            code.Line($"static ApiKey {contract}.Key => ApiKey.{api.Name};");
            code.Line($"static short {contract}.LowestVersion => LowestVersion;");
            code.Line($"static short {contract}.HighestVersion => HighestVersion;");
            code.Line($"static short {contract}.FirstFlexibleVersion => FirstFlexibleVersion;");
        }

        code.Line();
    }

    private static void EmitStruct(CodeWriter code, MessageSchema message, StructSchema structure)
    {
        var name = structure.Name;
        code.Line($"/// <summary>A part of <see cref=\"{message.Name}\"/>.</summary>");
        code.Open($"public sealed class {name}");
        EmitConstructor(code, structure);
        code.Open($"internal {name}(ref MessageReader reader, short version)");
        ReadCode.Emit(code, message, structure);
        code.Close();
        code.Line();
        EmitProperties(code, structure, message);
        if (structure.NeedsIsDefault)
        {
            code.Line($"internal bool IsDefault => !({string.Join(" || ", structure.Fields.Select(FieldCode.IsSet))});");
            code.Line();
        }

        code.Open("internal void Write(MessageWriter writer, short version)");
        WriteCode.Emit(code, message, structure);
        code.Close();
        code.Line();
        TallyCode.EmitStruct(code, message, structure);
        EmitLists(code, message, name);
        code.Close();
    }

    private static void EmitLists(CodeWriter code, MessageSchema message, string name)
    {
        if (!message.Structs.Prepend(message.Body).SelectMany(owner => owner.Fields).Any(field => field.IsArray && field.Struct?.Name == name))
        {
            return;
        }

        code.Open($"internal static List<{name}> ReadList(ref MessageReader reader, short version, int count)");
        code.Line($"var list = new List<{name}>(count);");
        code.Open("for (; count > 0; count--)");
        code.Line($"list.Add(new {name}(ref reader, version));");
        code.Close();
        code.Line();
        code.Line("return list;");
        code.Close();
        code.Line();
        code.Open($"internal static void WriteList(MessageWriter writer, short version, List<{name}> list, bool compact)");
        code.Line("writer.WriteArrayCount(list.Count, compact);");
        code.Open("foreach (var element in list)");
        code.Line("element.Write(writer, version);");
        code.Close();
        code.Close();
    }

    private static void EmitConstructor(CodeWriter code, StructSchema structure)
    {
        code.Open($"public {structure.Name}()");
        foreach (var field in structure.Fields.Where(FieldCode.DefaultIsMade))
        {
            code.Line($"{field.Name} = new();");
        }

        code.Close();
        code.Line();
    }

    private static void EmitProperties(CodeWriter code, StructSchema structure, MessageSchema message)
    {
        foreach (var field in structure.Fields)
        {
            code.Line($"/// <summary>{FieldCode.Remarks(field, message.Versions)}</summary>");
            code.Line($"public {FieldCode.Type(field)} {field.Name} {{ get; set; }}{FieldCode.Initializer(field)}");
            code.Line();
        }
    }
}
