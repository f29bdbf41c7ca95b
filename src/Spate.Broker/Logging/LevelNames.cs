using Microsoft.Extensions.Logging;

namespace Spate.Broker.Logging;

/// <summary>Kafka's names of levels, and those that .NET has for the same.</summary>
internal static class LevelNames
{
    private static readonly (string Name, LogLevel Level)[] All =
    [
        ("FATAL", LogLevel.Critical), ("ERROR", LogLevel.Error), ("WARN", LogLevel.Warning), ("INFO", LogLevel.Information),
        ("DEBUG", LogLevel.Debug), ("TRACE", LogLevel.Trace),
    ];

    public static string Valid => string.Join(", ", All.Select(each => each.Name));

    public static string Of(LogLevel level) => Array.Find(All, each => each.Level == level).Name ?? "OFF";

    /// <summary>The level of a name, in letters of any size; null where there is none.</summary>
    public static LogLevel? Find(string? name)
    {
        var place = Array.FindIndex(All, each => each.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return place < 0 ? null : All[place].Level;
    }
}
