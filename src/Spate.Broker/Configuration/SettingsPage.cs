using System.Text;

namespace Spate.Broker.Configuration;

/// <summary>
/// The page of reference on settings, written from their declarations: <c>spate settings</c> prints it. A test holds the page in the
/// repository against it.
/// </summary>
public static class SettingsPage
{
    private const string Nothing = "";

    /// <summary>The page as Markdown.</summary>
    public static string Write()
    {
        var page = new StringBuilder("""
            # Settings

            Written by `spate settings > docs/reference/settings.md` from the declarations. How settings are given, which wins, and how they change is
            said in [configuration](../design/configuration.md).

            ## Brokers

            "Changes" says whether a setting can change while the broker runs: for one broker or all of them ("cluster-wide"), for one only
            ("per-broker"), or by a restart ("read-only").


            """);
        var ordered = BrokerKeys.All.OrderBy(key => key.Name, StringComparer.Ordinal).ToList();
        Table(page, ["Setting", "Type", "Default", "Values", "Changes", "Meaning"], ordered.Where(key => key.HasEffect), key => Update(key.Update));
        page.Append("\n## Topics\n\nA topic that does not say has the value of the broker's setting.\n\n");
        Table(page, ["Setting", "Type", "Default", "Values", "Broker's setting", "Meaning"], Ordered(TopicKeys.All).Where(key => key.HasEffect), key => Names(TopicKeys.BrokerNamesOf(key)));
        page.Append("\n## Groups\n\nHeld to the broker's bounds. Groups of streams come with a later version; what is set for them is kept.\n\n");
        Table(
            page, ["Setting", "Type", "Default", "Values", "Broker's setting", "Meaning"], Ordered(GroupSettingKeys.All),
            key => GroupSettingKeys.BrokerNameOf(key) is { } name ? Names([name]) : Nothing);
        page.Append("\n## Subscriptions of clients' metrics\n\n");
        Table(page, ["Setting", "Type", "Default", "Values", "", "Meaning"], Ordered(ClientMetricsKeys.All), _ => Nothing);
        page.Append("\n## Known, and without effect\n\nSo that Kafka's files and tools work. One that is given another value than its default is told of at the start.\n\n");
        foreach (var reason in BrokerKeys.All.Concat(TopicKeys.All).Where(key => !key.HasEffect).GroupBy(key => key.Meaning, StringComparer.Ordinal).OrderBy(reason => reason.Key, StringComparer.Ordinal))
        {
            page.Append("- ").Append(reason.Key).Append(' ').AppendJoin(", ", reason.Select(key => key.Name).Distinct().Order(StringComparer.Ordinal).Select(name => $"`{name}`")).Append('\n');
        }

        page.Append("\n## Gone since Kafka 4.0\n\nOne that is given is told of at the start.\n\n");
        foreach (var (name, advice) in GoneKeys.All)
        {
            page.Append("- `").Append(name).Append("`: ").Append(advice).Append(".\n");
        }

        return page.ToString();
    }

    private static IEnumerable<ConfigKey> Ordered(IEnumerable<ConfigKey> keys) => keys.OrderBy(key => key.Name, StringComparer.Ordinal);

    private static void Table(StringBuilder page, string[] heads, IEnumerable<ConfigKey> keys, Func<ConfigKey, string> column)
    {
        page.Append("| ").AppendJoin(" | ", heads).Append(" |\n|").Insert(page.Length, "---|", heads.Length).Append('\n');
        foreach (var key in keys)
        {
            string[] cells = [$"`{key.Name}`", Type(key.Type), key.DefaultText is { Length: > 0 } text ? $"`{text}`" : Nothing, key.Range ?? Nothing, column(key), key.Meaning];
            page.Append("| ").AppendJoin(" | ", cells.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }
    }

    private static string Names(IReadOnlyList<string> names) => string.Join(", ", names.Select(name => $"`{name}`"));

    private static string Type(ConfigType type) => type == ConfigType.Text ? "string" : type.ToString().ToLowerInvariant();

    private static string Update(ConfigUpdate update) => update switch
    {
        ConfigUpdate.PerBroker => "per-broker",
        ConfigUpdate.ClusterWide => "cluster-wide",
        _ => "read-only",
    };
}
