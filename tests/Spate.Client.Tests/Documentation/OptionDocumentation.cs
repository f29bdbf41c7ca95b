using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Spate.Client.Tests.Documentation;

/// <summary>What the documentation of an option says, taken apart: each says its meaning, Kafka's key where there is one, its default, and its range.</summary>
internal sealed partial record OptionDocumentation(string Meaning, string? KafkaKey, string? Default)
{
    private static readonly Lazy<Dictionary<string, XElement>> Members = new(() => XDocument
        .Load(Path.Combine(AppContext.BaseDirectory, "Spate.Client.xml"))
        .Descendants("member")
        .ToDictionary(static member => member.Attribute("name")!.Value, static member => member.Element("summary")!, StringComparer.Ordinal));

    public static OptionDocumentation Of(Type options, string option)
    {
        var text = Render(Members.Value[$"P:{options.FullName}.{option}"], options);
        var key = Key().Match(text);
        text = Key().Replace(text, " ");
        var stated = Stated().Match(text);
        return new OptionDocumentation(
            Blanks().Replace(Stated().Replace(text, " "), " ").Trim(),
            key.Success ? key.Groups["key"].Value : null,
            stated.Success ? stated.Groups["default"].Value : null);
    }

    /// <summary>As Markdown, on one line.</summary>
    private static string Render(XElement element, Type owner)
    {
        var text = new StringBuilder();
        foreach (var node in element.Nodes())
        {
            text.Append(node switch
            {
                XText plain => plain.Value,
                XElement { Name.LocalName: "see" } see => $"`{(see.Attribute("cref") is { } reference ? NameOf(reference.Value, owner) : see.Attribute("langword")!.Value)}`",
                XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
                XElement other => throw new InvalidOperationException($"A summary has the element '{other.Name}', which this does not know."),
                _ => "",
            });
        }

        return Blanks().Replace(text.ToString(), " ").Trim();
    }

    /// <summary>The name that a reader knows: without namespaces and parameters, and of another option without its type.</summary>
    private static string NameOf(string reference, Type owner)
    {
        var names = reference.Split('(')[0].Split('.', ':').Select(static name => name.Split('`')[0]).ToArray();
        return reference.StartsWith("T:", StringComparison.Ordinal) || names[^2] == owner.Name ? names[^1] : $"{names[^2]}.{names[^1]}";
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"Kafka: (?<key>`[^`]+`( and [a-z ]+( \(KIP-[0-9]+\))?)?)\.( |$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Key();

    /// <summary>To the end of the sentence; a stop within a word or a number is none.</summary>
    [GeneratedRegex(@"Default: (?<default>.+?)\.( |$)", RegexOptions.ExplicitCapture)]
    private static partial Regex Stated();
}
