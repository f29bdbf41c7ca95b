using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>Reads one field: <c>Name Type [versions] [= default] [tag N] [ignorable] [plain]</c>.</summary>
internal static class FieldLine
{
    public static FieldSchema? Read(SchemaLine line, MessageSchema message, Action<SchemaPosition, string> error)
    {
        var words = line.Words;
        if (words.Count < 2)
        {
            error(line.First.Position, "a field is written: NAME TYPE [VERSIONS] [= DEFAULT] [tag N] [ignorable] [plain]");
            return null;
        }

        var field = new FieldSchema(line.First.Text, line.First.Position);
        var next = 2;
        if (words.Count > 2 && char.IsDigit(words[2].Text[0]))
        {
            next = 3;
            field.WrittenVersions = ReadVersions(words[2].Text, words[2].Position, error);
        }

        if (!char.IsUpper(field.Name[0]) || !field.Name.All(char.IsLetterOrDigit))
        {
            error(line.First.Position, $"'{field.Name}' is no name: letters and digits, a capital first");
        }

        ReadType(field, words[1], message, error);
        ReadFlags(field, words, next, error);
        return field;
    }

    private static VersionRange? ReadVersions(string text, SchemaPosition position, Action<SchemaPosition, string> error)
    {
        if (VersionRange.TryParse(text, out var versions))
        {
            return versions;
        }

        error(position, $"'{text}' is no range of versions such as 3, 3-5 or 3+");
        return null;
    }

    private static void ReadType(FieldSchema field, SchemaWord word, MessageSchema message, Action<SchemaPosition, string> error)
    {
        var name = word.Text;
        var question = name.IndexOf('?');
        if (question >= 0)
        {
            var written = name.Substring(question + 1);
            field.WrittenNullable = written.Length == 0 ? new VersionRange(0, short.MaxValue) : ReadVersions(written, word.Position, error);
            name = name.Substring(0, question);
        }

        if (name.EndsWith("[]", StringComparison.Ordinal))
        {
            field.IsArray = true;
            name = name.Substring(0, name.Length - 2);
        }

        field.Scalar = ScalarType.Find(name);
        if (field.Scalar is null)
        {
            field.Struct = FindStruct(name, field, word, message, error);
        }
        else if (field.IsArray && !field.Scalar.CanBeListed)
        {
            error(word.Position, $"arrays of {name} are not known");
        }
        else if (field.WrittenNullable is not null && !field.IsArray && !field.Scalar.HasLength)
        {
            error(word.Position, $"{name} cannot be null");
        }
    }

    private static StructSchema? FindStruct(
        string name, FieldSchema field, SchemaWord word, MessageSchema message, Action<SchemaPosition, string> error)
    {
        if (name.Length == 0 || !char.IsUpper(name[0]) || !name.All(char.IsLetterOrDigit))
        {
            error(word.Position, $"'{word.Text}' is no type");
            return null;
        }

        var known = message.Structs.FirstOrDefault(candidate => candidate.Name == name);
        if (known is null)
        {
            known = new StructSchema(name, word.Position);
            message.Structs.Add(known);
        }

        known.Uses++;
        return known;
    }

    private static void ReadFlags(FieldSchema field, List<SchemaWord> words, int next, Action<SchemaPosition, string> error)
    {
        while (next < words.Count)
        {
            var word = words[next++];
            switch (word.Text)
            {
                case "=" when next < words.Count:
                    field.Default = words[next++].Text;
                    break;
                case "tag" when next < words.Count && int.TryParse(words[next].Text, out var tag) && tag >= 0:
                    field.Tag = tag;
                    next++;
                    break;
                case "ignorable":
                    field.IsIgnorable = true;
                    break;
                case "plain":
                    field.IsPlain = true;
                    break;
                default:
                    error(word.Position, $"'{word.Text}' is not known here; expected = DEFAULT, tag N, ignorable or plain");
                    return;
            }
        }
    }
}
