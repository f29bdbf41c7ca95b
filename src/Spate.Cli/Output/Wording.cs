using System.Collections;
using System.Globalization;

namespace Spate.Cli.Output;

/// <summary>Cells in letters.</summary>
internal static class Wording
{
    private const string Nothing = "-";
    private const int BytesOfNextUnit = 1024;

    private static readonly string[] SizeUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>For programs: exact, and without a tab or the end of a line in it.</summary>
    public static string Exact(object? cell) => cell switch
    {
        null or "" => Nothing,
        string text => text.Replace('\t', ' ').ReplaceLineEndings(" "),
        bool value => value ? "true" : "false",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        IEnumerable list => string.Join(',', list.Cast<object?>().Select(Exact)) is { Length: > 0 } joined ? joined : Nothing,
        _ => Convert.ToString(cell, CultureInfo.InvariantCulture)!,
    };

    /// <summary>For a person.</summary>
    public static string Readable(object? cell, Unit unit) => (cell, unit) switch
    {
        (long bytes, Unit.Bytes) => Size(bytes),
        (long or int, Unit.Milliseconds) => Length(TimeSpan.FromMilliseconds(Convert.ToInt64(cell, CultureInfo.InvariantCulture))),
        (long or int, Unit.Microseconds) => ShortLength(TimeSpan.FromMicroseconds(Convert.ToInt64(cell, CultureInfo.InvariantCulture))),
        (long or int, Unit.Count) => string.Create(CultureInfo.InvariantCulture, $"{cell:N0}"),
        (bool value, _) => value ? "yes" : "no",
        (DateTimeOffset time, _) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture),
        (string text, _) => text.Length == 0 ? Nothing : text,
        (IEnumerable list, _) => string.Join(", ", list.Cast<object?>().Select(Exact)) is { Length: > 0 } joined ? joined : Nothing,
        _ => Exact(cell),
    };

    /// <summary>A number of things, such as <c>1 topic</c> or <c>5,000 partitions</c>.</summary>
    public static string Count(long number, string one) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {one}{(number == 1 ? "" : "s")}");

    public static string Size(long bytes)
    {
        var (size, unit) = ((double)bytes, 0);
        while (size >= BytesOfNextUnit && unit < SizeUnits.Length - 1)
        {
            (size, unit) = (size / BytesOfNextUnit, unit + 1);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{(unit == 0 ? size.ToString("0", CultureInfo.InvariantCulture) : size.ToString("0.0", CultureInfo.InvariantCulture))} {SizeUnits[unit]}");
    }

    private static string ShortLength(TimeSpan time) => time switch
    {
        { TotalMilliseconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0} \u00B5s"),
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.00} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.00} s"),
        _ => Length(time),
    };

    private static string Length(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms"),
        { TotalMinutes: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.#} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Minutes} min {time.Seconds} s"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{time.Hours} h {time.Minutes} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.Days} d {time.Hours} h"),
    };
}
