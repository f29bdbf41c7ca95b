using Spate.Protocol.Generator.Schemas;

namespace Spate.Protocol.Generator.Parsing;

/// <summary>A line of a schema that says something: how far it is indented, and its words.</summary>
internal sealed class SchemaLine
{
    private SchemaLine(int indent, List<SchemaWord> words)
    {
        Indent = indent;
        Words = words;
    }

    /// <summary>Blanks in front.</summary>
    public int Indent { get; }

    public List<SchemaWord> Words { get; }

    public SchemaWord First => Words[0];

    /// <summary>Splits a file into the lines that say something; blank lines and comments are left out.</summary>
    public static IEnumerable<SchemaLine> Split(string text)
    {
        var start = 0;
        for (var number = 0; start < text.Length; number++)
        {
            var end = text.IndexOf('\n', start);
            end = end < 0 ? text.Length : end;
            var words = SplitWords(text, start, end, number);
            if (words.Count > 0 && !words[0].Text.StartsWith("#", StringComparison.Ordinal))
            {
                yield return new SchemaLine(words[0].Position.Column, words);
            }

            start = end + 1;
        }
    }

    private static List<SchemaWord> SplitWords(string text, int lineStart, int lineEnd, int number)
    {
        var words = new List<SchemaWord>();
        for (var at = lineStart; at < lineEnd;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var wordStart = at;
            while (at < lineEnd && !char.IsWhiteSpace(text[at]))
            {
                at++;
            }

            var position = new SchemaPosition(number, wordStart - lineStart, wordStart, at - wordStart);
            words.Add(new SchemaWord(text.Substring(wordStart, at - wordStart), position));
        }

        return words;
    }
}
