using Microsoft.Extensions.Configuration;

namespace Spate.Client.Hosting.Configuration;

/// <summary>Reads the entries of a section by a table.</summary>
internal static class SectionEntries
{
    /// <summary>All entries are settings of the table.</summary>
    public static TOptions ReadAll<TOptions>(IConfigurationSection section, SettingTable<TOptions> table, TOptions options, ICollection<string> faults)
        where TOptions : class
    {
        foreach (var entry in section.GetChildren())
        {
            if (TextOf(entry) is not { } text)
            {
                faults.Add($"{entry.Path} has no value.");
            }
            else if (table.Read(entry.Key, text, entry.Path, options, mayBeProperty: true, faults) is { } next)
            {
                options = next;
            }
            else
            {
                faults.Add($"{entry.Path} is no setting of {typeof(TOptions).Name}; it is one of its properties, or a key of Kafka's.");
            }
        }

        return options;
    }

    /// <summary>A value as it stands; a list as Kafka writes lists, with commas. Null when there is none.</summary>
    public static string? TextOf(IConfigurationSection entry)
    {
        if (entry.Value is { } value)
        {
            return value;
        }

        var items = entry.GetChildren().Select(static item => item.Value).ToList();
        return items.Count == 0 || items.Contains(null) ? null : string.Join(',', items);
    }
}
