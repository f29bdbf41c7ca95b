using System.Text.RegularExpressions;
using Spate.Broker.Telemetry;
using Spate.Broker.Tests.Configuration;
using Spate.Broker.Tests.Hosting;

namespace Spate.Broker.Tests.Telemetry;

/// <summary>
/// Kafka's MBeans of a broker against the figures that there are. What is not covered stands in docs/design/metrics.md with the reason; both
/// lists are held against each other here.
/// </summary>
public sealed class CatalogueTests
{
    /// <summary>The figures of other programs: clients, Connect, Streams.</summary>
    private static readonly Regex Elsewhere = new(@"^kafka\.(producer|consumer|connect|streams|admin|\[)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    [KafkaKeysFact]
    public async Task Every_MBean_of_a_broker_is_covered_or_named_with_a_reason()
    {
        await using var broker = await TestBroker.StartAsync();
        var covered = broker.Metrics.Meter.Definitions.SelectMany(definition => definition.MBeans).Select(Key).ToHashSet(StringComparer.Ordinal);
        var reasons = Reasons();
        var kafka = Kafka().Where(name => !Elsewhere.IsMatch(name)).ToList();
        Assert.True(kafka.Count > 100, $"Only {kafka.Count} MBeans were read.");

        var missing = kafka.Where(name => !covered.Contains(name) && !reasons.Any(reason => IsMeant(reason, name))).ToList();
        var superfluous = reasons.Where(reason => !kafka.Any(name => IsMeant(reason, name) && !covered.Contains(name))).ToList();

        Assert.True(missing.Count == 0, $"Neither covered nor named with a reason in docs/design/metrics.md:\n{string.Join('\n', missing)}");
        Assert.True(superfluous.Count == 0, $"Named in docs/design/metrics.md, and there is none such that is not covered:\n{string.Join('\n', superfluous)}");
    }

    [Fact]
    public async Task Every_placeholder_of_an_MBean_is_a_tag_of_its_instrument()
    {
        await using var broker = await TestBroker.StartAsync();
        await broker.CreateTopicAsync("a");
        await broker.AskAsync(Ask.Produce("a", 0, Batches.Legacy(1, "x")), 2);
        await broker.AskAsync(Ask.Fetch("a", 0, 0), 12);
        var tags = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, broker.Metrics.Meter))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, _, given, _) => Note(tags, instrument.Name, given));
        listener.SetMeasurementEventCallback<double>((instrument, _, given, _) => Note(tags, instrument.Name, given));
        listener.Start();
        listener.RecordObservableInstruments();

        foreach (var definition in broker.Metrics.Meter.Definitions)
        {
            Assert.True(tags.TryGetValue(definition.Name, out var own), $"{definition.Name} was never measured.");
            foreach (var placeholder in definition.MBeans.SelectMany(bean => Regex.Matches(bean.ObjectName, @"\{([a-z.]+)\}")).Select(match => match.Groups[1].Value))
            {
                Assert.True(own.Contains(placeholder), $"{definition.Name} has no tag '{placeholder}'; it has {string.Join(", ", own)}.");
            }
        }
    }

    [Fact]
    public async Task Instruments_have_names_of_one_form_and_a_meaning()
    {
        await using var broker = await TestBroker.StartAsync();
        Assert.All(broker.Metrics.Meter.Definitions, definition =>
        {
            Assert.Matches(@"^spate(\.[a-z][a-z_]*)+$", definition.Name);
            Assert.EndsWith(".", definition.Description, StringComparison.Ordinal);
            Assert.NotEmpty(definition.Unit);
        });
    }

    /// <summary>An MBean without the values that vary: "type=X,name=Y" of a domain. Where an object bears several figures, the attribute is its name.</summary>
    private static string Key(MBean bean) => Plain(bean.Attribute is null ? bean.ObjectName : $"{bean.ObjectName.Split(',')[0]},name={bean.Attribute}");

    private static IEnumerable<string> Kafka() => File.ReadLines(Repository.Shared("protocol", "metrics.tsv")!)
        .Skip(1)
        .Select(line => line.Split('\t')[1])
        .SelectMany(Spell)
        .Select(Plain)
        .Distinct(StringComparer.Ordinal);

    /// <summary>"{Produce|Fetch}MessageConversionsPerSec" and "NumGroups[Empty,Dead]" stand for several.</summary>
    private static IEnumerable<string> Spell(string name)
    {
        var choice = Regex.Match(name, @"name=\{([A-Za-z|]+)\}(\w+)");
        return choice.Success
            ? choice.Groups[1].Value.Split('|').Select(word => name.Replace(choice.Value, $"name={word}{choice.Groups[2].Value}", StringComparison.Ordinal))
            : [name];
    }

    private static string Plain(string name)
    {
        name = name.Replace(", ", ",", StringComparison.Ordinal);
        var domain = name.Split(':')[0];
        var type = Regex.Match(name, @"type=([\w-]+|\{[\w|]+\})").Groups[1].Value;
        var own = Regex.Match(name, @"name=([\w.-]+)").Groups[1].Value;
        return own.Length == 0 ? $"{domain}:type={type}" : $"{domain}:type={type},name={own}";
    }

    /// <summary>The first cells of the page's table of what is not covered; a star at the end stands for whatever follows.</summary>
    private static List<string> Reasons()
    {
        var page = File.ReadAllLines(Repository.PathOf("docs", "design", "metrics.md"));
        return [.. page.Where(line => line.StartsWith("| `kafka.", StringComparison.Ordinal) || line.StartsWith("| `org.", StringComparison.Ordinal))
            .SelectMany(line => Regex.Matches(line.Split(" | ")[0], "`([^`]+)`").Select(match => match.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal)))];
    }

    private static bool IsMeant(string reason, string name) =>
        reason.EndsWith('*') ? name.StartsWith(reason[..^1], StringComparison.Ordinal) : name == reason;

    private static void Note(Dictionary<string, HashSet<string>> tags, string instrument, ReadOnlySpan<KeyValuePair<string, object?>> given)
    {
        if (!tags.TryGetValue(instrument, out var own))
        {
            tags.Add(instrument, own = new HashSet<string>(StringComparer.Ordinal));
        }

        foreach (var tag in given)
        {
            own.Add(tag.Key);
        }
    }
}
