using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Spate.Client.Consuming;
using Spate.Client.Producing;
using Spate.Client.Sharing;
using Spate.Protocol.Compression;

namespace Spate.Client.Tests.Documentation;

/// <summary>What the documents say of options is what the options are.</summary>
public sealed partial class OptionPageTests
{
    private const int Kibi = 1024;

    public static TheoryData<string, string> Options()
    {
        var data = new TheoryData<string, string>();
        foreach (var type in OptionPage.Types)
        {
            foreach (var option in OptionPage.OptionsOf(type))
            {
                data.Add(type.Name, option.Name);
            }
        }

        return data;
    }

    [Fact]
    public void The_page_of_options_is_what_the_code_says()
    {
        var path = Repository.PathOf("docs", "reference", "client-options.md");
        var page = OptionPage.Write();
        if (Environment.GetEnvironmentVariable("SPATE_WRITE_DOCS") == "1")
        {
            File.WriteAllText(path, page);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == page, $"{path} is not what the code says; run this test with SPATE_WRITE_DOCS=1.");
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void The_default_is_the_one_that_the_documentation_says(string type, string option)
    {
        var options = New(type);
        var property = options.GetType().GetProperty(option)!;
        var documented = OptionDocumentation.Of(options.GetType(), option);
        Assert.NotEmpty(documented.Meaning);
        if (IsRequired(property))
        {
            Assert.Null(documented.Default);
            return;
        }

        Assert.NotNull(documented.Default);
        var wanted = Forms(property.GetValue(options));
        Assert.True(
            wanted is null || wanted.Any(form => documented.Default == form || documented.Default.StartsWith($"{form},", StringComparison.Ordinal)),
            $"{type}.{option} is said to be '{documented.Default}' by default, and is {string.Join(" or ", wanted ?? [])}.");
    }

    [Fact]
    public void What_the_guide_says_of_options_is_true()
    {
        var options = OptionPage.Types.Select(static type => New(type.Name)).ToList();
        var rows = OptionRow().Matches(File.ReadAllText(Repository.PathOf("docs", "client.md")).ReplaceLineEndings("\n"));
        Assert.True(rows.Count > 10, "The tables of options were not found.");
        foreach (Match row in rows)
        {
            var names = Code().Matches(row.Groups["names"].Value).Select(static name => name.Groups["name"].Value).ToList();
            var owner = options.Find(type => names.TrueForAll(name => type.GetType().GetProperty(name) is not null));
            Assert.True(owner is not null, $"No options have {row.Groups["names"].Value}.");
            var defaults = row.Groups["defaults"].Value.Split(", ");
            foreach (var (name, index) in names.Select(static (name, index) => (name, index)))
            {
                // One word may stand for the default of all.
                var said = defaults[Math.Min(index, defaults.Length - 1)];
                var forms = GuideForms(owner.GetType().GetProperty(name)!.GetValue(owner));
                Assert.True(forms.Contains(said) || said.StartsWith("where ", StringComparison.Ordinal), $"The guide says that {name} is {said} by default; it is {string.Join(" or ", forms)}.");
            }
        }
    }

    private static object New(string type) => type switch
    {
        nameof(KafkaClientOptions) => new KafkaClientOptions { BootstrapServers = "localhost:9092" },
        nameof(ProducerOptions) => new ProducerOptions(),
        nameof(ConsumerOptions) => new ConsumerOptions(),
        nameof(ShareConsumerOptions) => new ShareConsumerOptions { GroupId = "g" },
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Nobody knows how to make them."),
    };

    private static bool IsRequired(PropertyInfo property) => property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute));

    /// <summary>How the documentation may say a value; null where it is an object without a name, which it describes in words.</summary>
    private static string[]? Forms(object? value) => value switch
    {
        null => ["null"],
        bool truth => [truth ? "true" : "false"],
        TimeSpan time => Times(time),
        int.MaxValue => null,
        int or long => Numbers(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
        CompressionCodec.None => ["not at all"],
        string text => [$"`{text}`"],
        _ when NameOf(value) is { } name => [$"`{value.GetType().Name}.{name}`", $"`{value.GetType().Name}`"],
        _ => null,
    };

    private static string[] GuideForms(object? value) => value switch
    {
        null or CompressionCodec.None => ["none"],
        bool truth => [truth ? "on" : "off"],
        _ when NameOf(value) is { } name => [$"`{name}`"],
        _ => Forms(value) ?? [],
    };

    /// <summary>Under which name its type offers a value.</summary>
    private static string? NameOf(object value) => value is Enum
        ? value.ToString()
        : value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(property => property.PropertyType.IsInstanceOfType(value) && value.Equals(property.GetValue(null)))?.Name;

    private static string[] Times(TimeSpan time) =>
    [
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms"),
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} min"),
        string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes} minutes"),
    ];

    private static string[] Numbers(long number) =>
    [
        number.ToString(CultureInfo.InvariantCulture),
        .. number % Kibi == 0 ? new[] { string.Create(CultureInfo.InvariantCulture, $"{number / Kibi} KiB"), string.Create(CultureInfo.InvariantCulture, $"{number / Kibi / (double)Kibi} MiB") } : [],
    ];

    [GeneratedRegex(@"(?<=\| option \| default \| what it does \|\n\|---\|---\|---\|\n(\|.*\n)*)\| (?<names>`[^|]+) \| (?<defaults>[^|]+) \|", RegexOptions.ExplicitCapture)]
    private static partial Regex OptionRow();

    [GeneratedRegex("`(?<name>[A-Za-z]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
