using System.Xml.Linq;

namespace Spate.Architecture.Tests;

/// <summary>What is packed for others can be found and used by them.</summary>
public sealed class PackagesTests
{
    private static readonly IReadOnlyDictionary<string, XDocument> Sources =
        SourceTree.Projects("src").ToDictionary(static project => project.Key, static project => XDocument.Load(project.Value), StringComparer.Ordinal);

    private static readonly string[] Packed = [.. Sources.Where(static project => Value(project.Value, "IsPackable") == "true").Select(static project => project.Key)];

    [Fact]
    public void What_a_program_refers_to_is_packed()
    {
        Assert.Superset(new HashSet<string> { "Spate.Client", "Spate.Client.Hosting", "Spate.Testing" }, new HashSet<string>(Packed));
        Assert.DoesNotContain(SourceTree.Projects("tests").Keys, Packed.Contains);
    }

    [Fact]
    public void A_package_says_what_it_is()
    {
        var descriptions = Packed.Select(static name => Value(Sources[name], "Description")).ToList();
        Assert.DoesNotContain(descriptions, string.IsNullOrWhiteSpace);
        Assert.Equal(descriptions.Count, descriptions.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void A_package_finds_all_that_it_refers_to_among_the_packages()
    {
        foreach (var name in Packed)
        {
            var references = Sources[name].Descendants("ProjectReference").Where(static reference => reference.Attribute("OutputItemType")?.Value != "Analyzer");
            Assert.All(references, reference => Assert.Contains(Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value), Packed));
        }
    }

    private static string? Value(XDocument project, string property) => project.Descendants(property).SingleOrDefault()?.Value;
}
