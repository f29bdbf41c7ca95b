using System.Text.RegularExpressions;

namespace Spate.Client.Tests.Examples;

/// <summary>
/// What the documents show is what is compiled and run here: a block of C# stands behind the name of a snippet, and says what lies between
/// <c>// &lt;name&gt;</c> and <c>// &lt;/name&gt;</c> in one of the examples.
/// </summary>
public sealed partial class SnippetTests
{
    private static readonly string[] Paths = ["README.md", "docs/client.md"];

    private static readonly string[] Folders = ["tests/Spate.Client.Tests/Examples", "tests/Spate.Client.Hosting.Tests/Examples"];

    public static TheoryData<string> Documents() => [.. Paths];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_block_of_code_is_compiled(string document)
    {
        var snippets = Snippets();
        var text = File.ReadAllText(Repository.PathOf(document)).ReplaceLineEndings("\n");
        var blocks = Block().Matches(text);
        Assert.NotEmpty(blocks);
        Assert.Equal(text.Split("```csharp").Length - 1, blocks.Count);
        foreach (Match block in blocks)
        {
            var name = block.Groups["name"].Value;
            Assert.True(snippets.TryGetValue(name, out var code), $"{document} shows '{name}', and no example has it.");
            Assert.True(code == block.Groups["code"].Value, $"{document} shows '{name}' as\n\n{block.Groups["code"].Value}\nwhile the example says\n\n{code}");
        }
    }

    [Fact]
    public void Every_snippet_is_shown()
    {
        var shown = Paths.SelectMany(path => Block().Matches(File.ReadAllText(Repository.PathOf(path)).ReplaceLineEndings("\n"))).Select(block => block.Groups["name"].Value);
        Assert.Equal(Snippets().Keys.Order(), shown.Distinct().Order());
    }

    private static Dictionary<string, string> Snippets()
    {
        var snippets = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in Folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*.cs")).Where(file => !file.EndsWith("SnippetTests.cs", StringComparison.Ordinal)))
        {
            foreach (Match match in Snippet().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")))
            {
                var indent = match.Groups["indent"].Length;
                var lines = match.Groups["code"].Value.Split('\n')[..^1].Select(line => line.Length >= indent ? line[indent..] : line);
                snippets.Add(match.Groups["name"].Value, string.Concat(lines.Select(line => $"{line}\n")));
            }
        }

        return snippets;
    }

    [GeneratedRegex(@"^(?<indent> *)// <(?<name>[a-z-]+)>\n(?<code>.*?)^ *// </\k<name>>\n", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Snippet();

    [GeneratedRegex(@"^<!-- (?<name>[a-z-]+) -->\n```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Block();
}
