using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Emission;

/// <summary>Writes what the records of one family have in common: the enumeration of their types, their interface, and the factory.</summary>
internal static class FamilyCode
{
    public static string Emit(SchemaDocument document)
    {
        var family = document.Family!;
        var records = document.Messages.OrderBy(message => message.RecordType).ToList();
        var code = CodeWriter.Begin();
        code.Line($"/// <summary>The types of {family}, as they stand in front of each.</summary>");
        code.Open($"public enum {family}Type : short");
        foreach (var record in records)
        {
            code.Line($"/// <summary><see cref=\"{record.Name}\"/>.</summary>");
            code.Line($"{MemberName(record)} = {record.RecordType},");
        }

        code.Close();
        code.Line();
        code.Line($"/// <summary>Any {family}.</summary>");
        code.Open($"public interface I{family} : IMessage");
        code.Line("/// <summary>Which record it is.</summary>");
        code.Line($"{family}Type Type {{ get; }}");
        code.Line();
        code.Line("/// <summary>The newest version that can be read and written.</summary>");
        code.Line("short HighestVersion { get; }");
        code.Close();
        code.Line();
        code.Line($"/// <summary>Makes empty records of the family {family}.</summary>");
        code.Open($"public static class {family}Catalog");
        code.Line("/// <summary>An empty record; null when there is no such type.</summary>");
        code.Open($"public static I{family}? Create({family}Type type) => type switch");
        foreach (var record in records)
        {
            code.Line($"{family}Type.{MemberName(record)} => new {record.Name}(),");
        }

        code.Line("_ => null,");
        code.Close("};");
        code.Close();
        return code.ToString();
    }

    /// <summary>The record's name without the word that they all end in.</summary>
    public static string MemberName(MessageSchema record)
    {
        const string Ending = "Record";
        var name = record.Name;
        return name.EndsWith(Ending, StringComparison.Ordinal) ? name.Substring(0, name.Length - Ending.Length) : name;
    }
}
