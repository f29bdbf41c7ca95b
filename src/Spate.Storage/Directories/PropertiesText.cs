using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Spate.Storage.Directories;

/// <summary>
/// As much of Java's properties format as Kafka's own files need: lines <c>key=value</c> of ASCII, comments, single escaped letters.
/// Continued lines and coded letters are refused, as is a key that comes twice: nothing that writes these files makes them.
/// </summary>
internal static class PropertiesText
{
    /// <summary>Reads the properties; otherwise says in a clause what is wrong.</summary>
    public static bool TryParse(
        ReadOnlySpan<byte> content,
        [NotNullWhen(true)] out Dictionary<string, string>? properties,
        [NotNullWhen(false)] out string? fault)
    {
        properties = null;
        fault = "it has bytes that are no ASCII text";
        if (!Ascii.IsValid(content))
        {
            return false;
        }

        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        var lineNumber = 0;
        foreach (var rawLine in Encoding.ASCII.GetString(content).AsSpan().EnumerateLines())
        {
            lineNumber++;
            var line = rawLine.Trim(" \t\f");
            if (line.IsEmpty || line[0] is '#' or '!')
            {
                continue;
            }

            if (!TryParseLine(line, out var key, out var value) || !read.TryAdd(key, value))
            {
                fault = $"line {lineNumber} is not a property, or one that was there already";
                return false;
            }
        }

        properties = read;
        fault = null;
        return true;
    }

    public static byte[] Format(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in properties)
        {
            Escape(text, key);
            text.Append('=');
            Escape(text, value);
            text.Append('\n');
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static bool TryParseLine(ReadOnlySpan<char> line, out string key, out string value)
    {
        key = value = "";
        var end = 0;
        while (end < line.Length && line[end] is not ('=' or ':'))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        return end < line.Length
            && TryUnescape(line[..end].TrimEnd(" \t\f"), out key)
            && key.Length > 0
            && TryUnescape(line[(end + 1)..].TrimStart(" \t\f"), out value);
    }

    private static bool TryUnescape(ReadOnlySpan<char> text, out string unescaped)
    {
        var letters = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\' && (++index == text.Length || char.IsAsciiLetterOrDigit(text[index])))
            {
                unescaped = "";
                return false;
            }

            letters.Append(text[index]);
        }

        unescaped = letters.ToString();
        return true;
    }

    private static void Escape(StringBuilder text, string letters)
    {
        foreach (var letter in letters)
        {
            if (letter is '\\' or '=' or ':' or '#' or '!' or ' ')
            {
                text.Append('\\');
            }

            text.Append(letter);
        }
    }
}
