using Spate.Cli.Output;
using Spate.Client.Administration;

namespace Spate.Cli.Configs;

/// <summary>How settings are shown.</summary>
internal static class ConfigListing
{
    private static readonly Column[] Columns = [new("key"), new("value"), new("source"), new("of"), new("readOnly")];

    public static Listing New(bool withDocumentation = false) => new("settings", withDocumentation ? [.. Columns, new Column("documentation")] : Columns);

    public static void Add(Listing listing, ConfigResource resource, ConfigEntry entry)
    {
        object?[] cells = [entry.Name, entry.IsSensitive ? "(hidden)" : entry.Value, SourceOf(entry.Source), NameOf(resource), entry.IsReadOnly];
        listing.Add(listing.Columns.Count > cells.Length ? [.. cells, entry.Documentation] : cells);
    }

    private static string NameOf(ConfigResource resource) => (resource.Type, resource.Name) switch
    {
        (ConfigResourceType.Broker, "") => "all brokers",
        (ConfigResourceType.BrokerLogger, var broker) => $"loggers of broker {broker}",
        (ConfigResourceType.ClientMetrics, var name) => $"client metrics {name}",
        var (type, name) => $"{type.ToString().ToLowerInvariant()} {name}",
    };

    private static string SourceOf(ConfigEntrySource source) => source switch
    {
        ConfigEntrySource.AllBrokers => "all brokers",
        ConfigEntrySource.ClientMetrics => "client metrics",
        _ => source.ToString().ToLowerInvariant(),
    };
}
