using System.Globalization;
using System.Text;

namespace Spate.Broker.Configuration;

/// <summary>
/// Reads the text of a properties file as Java does: <c>key=value</c>, <c>key:value</c> or <c>key value</c>, comments behind # or !, a line
/// that a backslash continues, and the escapes \t, \n, \r, \f and \uXXXX; any other letter behind a backslash stands for itself.
/// </summary>
public static class PropertiesReader
{
    private const string Blanks = " \t\f";

    /// <summary>The properties in their order, with the lines on which they begin.</summary>
    /// <param name="text">What is in the file.</param>
    /// <param name="onFault">Told of each line that cannot be read: its number, and what is wrong with it.</param>
    public static IEnumerable<(int Line, string Key, string Value)> Read(string text, Action<int, string> onFault)
    {
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index].TrimStart(Blanks.ToCharArray());
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            var number = index + 1;
            while (IsContinued(line) && index + 1 < lines.Length)
            {
                line = line[..^1] + lines[++index].TrimStart(Blanks.ToCharArray());
            }

            var (key, value) = Split(IsContinued(line) ? line[..^1] : line);
            if (!TryUnescape(key, out var plainKey) || !TryUnescape(value, out var plainValue))
            {
                onFault(number, "has a \\u that four hexadecimal digits do not follow");
            }
            else if (plainKey.Length == 0)
            {
                onFault(number, "has no name before its value");
            }
            else
            {
                yield return (number, plainKey, plainValue);
            }
        }
    }

    /// <summary>Whether the line ends with a backslash that no other one escapes.</summary>
    private static bool IsContinued(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    /// <summary>The key ends at the first =, : or blank; blanks and one = or : go before the value.</summary>
    private static (string Key, string Value) Split(string line)
    {
        var end = 0;
        while (end < line.Length && line[end] is not ('=' or ':') && !Blanks.Contains(line[end], StringComparison.Ordinal))
        {
            end += line[end] == '\\' ? 2 : 1;
        }

        end = Math.Min(end, line.Length);
        var rest = line[end..].TrimStart(Blanks.ToCharArray());
        if (rest.Length > 0 && rest[0] is '=' or ':')
        {
            rest = rest[1..].TrimStart(Blanks.ToCharArray());
        }

        return (line[..end], rest);
    }

    private static bool TryUnescape(string text, out string plain)
    {
        var letters = new StringBuilder(text.Length);
        plain = text;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\' || index + 1 == text.Length)
            {
                letters.Append(text[index]);
                continue;
            }

            index++;
            if (text[index] == 'u')
            {
                if (index + 4 >= text.Length
                    || !ushort.TryParse(text.AsSpan(index + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    return false;
                }

                letters.Append((char)code);
                index += 4;
                continue;
            }

            letters.Append(text[index] switch
            {
                't' => '\t',
                'n' => '\n',
                'r' => '\r',
                'f' => '\f',
                var other => other,
            });
        }

        plain = letters.ToString();
        return true;
    }
}
