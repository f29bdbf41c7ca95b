using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Spate.Architecture.Tests;

/// <summary>The page that describes the house, held against the projects that it describes.</summary>
public sealed partial class FloorsTests
{
    private static readonly Dictionary<string, int> Floors = FloorRow().Matches(SourceTree.Read("docs", "architecture.md"))
        .ToDictionary(row => row.Groups["project"].Value, row => int.Parse(row.Groups["floor"].Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    [Fact]
    public void Every_project_has_its_row_on_the_page_and_every_row_its_project()
    {
        Assert.Equal(SourceTree.Projects("src").Keys.Order(StringComparer.Ordinal), Floors.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_project_refers_only_to_floors_below_its_own()
    {
        foreach (var (project, path) in SourceTree.Projects("src"))
        {
            foreach (var reference in XDocument.Load(path).Descendants("ProjectReference"))
            {
                var used = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value);
                if (reference.Attribute("OutputItemType")?.Value == "Analyzer")
                {
                    continue; // A generator runs inside the compiler; nothing refers to it at run time.
                }

                Assert.True(Floors[used] < Floors[project], $"{project} (floor {Floors[project]}) refers to {used} (floor {Floors[used]}).");
            }
        }
    }

    [Fact]
    public void Every_project_under_src_and_tests_is_in_the_solution()
    {
        var solution = SourceTree.Read("Spate.slnx");
        foreach (var project in SourceTree.Projects("src").Keys.Concat(SourceTree.Projects("tests").Keys))
        {
            Assert.Contains($"/{project}.csproj", solution, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_dependency_says_why_it_is_there()
    {
        var reasons = SourceTree.Read("docs", "dependencies.md");
        var packages = XDocument.Parse(SourceTree.Read("Directory.Packages.props")).Descendants("PackageVersion").ToList();
        Assert.NotEmpty(packages);
        foreach (var package in packages)
        {
            Assert.Contains($"`{package.Attribute("Include")!.Value}`", reasons, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_path_that_the_page_names_exists()
    {
        foreach (Match path in SourcePath().Matches(SourceTree.Read("docs", "architecture.md")))
        {
            var full = Path.Combine(Repository.Root, path.Groups["path"].Value);
            Assert.True(File.Exists(full) || Directory.Exists(full), $"docs/architecture.md names {path.Groups["path"].Value}, which is not there.");
        }
    }

    [GeneratedRegex(@"^\| (?<floor>\d) \| `(?<project>Spate\.[A-Za-z.]+)` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex FloorRow();

    [GeneratedRegex(@"`(?<path>(src|tests|bench|docs)/[A-Za-z0-9_./-]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex SourcePath();
}
