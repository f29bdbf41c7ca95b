using System.Text;

namespace Spate.Cli.Records;

/// <summary>
/// A text with places to be filled in, such as <c>%{key}</c>; <c>%%</c> is a percent sign, and <c>\n</c>, <c>\t</c>, <c>\r</c> and <c>\\</c> are what they are
/// elsewhere. Braces alone are letters, so that JSON can be written as it is.
/// </summary>
internal sealed class Template
{
    private readonly List<(bool IsField, string Text)> _parts = [];

    private Template()
    {
    }

    /// <summary>The parts in their order: letters, or the name of a field.</summary>
    public IReadOnlyList<(bool IsField, string Text)> Parts => _parts;

    /// <param name="text">The template.</param>
    /// <param name="isField">Whether there is a field of the name.</param>
    /// <exception cref="FormatException">A field is not known or not ended; the message is a sentence.</exception>
    public static Template Parse(string text, Func<string, bool> isField)
    {
        var template = new Template();
        var letters = new StringBuilder();
        for (var index = 0; index < text.Length; index++)
        {
            var next = index + 1 < text.Length ? text[index + 1] : '\0';
            if (text[index] == '%' && next == '{')
            {
                var end = text.IndexOf('}', index);
                var name = end < 0 ? throw new FormatException($"'{text[index..]}' has no '}}'.") : text[(index + 2)..end];
                if (!isField(name))
                {
                    throw new FormatException($"There is no field '%{{{name}}}'.");
                }

                template.Flush(letters);
                template._parts.Add((true, name));
                index = end;
            }
            else if ((text[index] == '%' && next == '%') || (text[index] == '\\' && next is 'n' or 't' or 'r' or '\\'))
            {
                letters.Append(next switch { 'n' => '\n', 't' => '\t', 'r' => '\r', _ => next });
                index++;
            }
            else
            {
                letters.Append(text[index]);
            }
        }

        template.Flush(letters);
        return template;
    }

    private void Flush(StringBuilder letters)
    {
        if (letters.Length > 0)
        {
            _parts.Add((false, letters.ToString()));
            letters.Clear();
        }
    }
}
