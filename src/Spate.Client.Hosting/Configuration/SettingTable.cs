using System.Globalization;

namespace Spate.Client.Hosting.Configuration;

/// <summary>The settings of a set of options, one line for each; written by hand, so that nothing has to be found out at run time and trimming takes nothing away.</summary>
internal sealed class SettingTable<TOptions>
    where TOptions : class
{
    private readonly Dictionary<string, Setting<TOptions>> _byProperty = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Setting<TOptions>> _byKey = new(StringComparer.Ordinal);

    /// <summary>The properties that can be set.</summary>
    public IEnumerable<string> Properties => _byProperty.Keys;

    /// <summary>Puts a text into options; null when there is no such key.</summary>
    /// <param name="key">A property's name or Kafka's key.</param>
    /// <param name="text">What the configuration says of it.</param>
    /// <param name="path">Where it says so.</param>
    /// <param name="options">The options so far.</param>
    /// <param name="mayBeProperty">Whether names of properties are meant here.</param>
    /// <param name="faults">Told when the text cannot be read.</param>
    public TOptions? Read(string key, string text, string path, TOptions options, bool mayBeProperty, ICollection<string> faults)
    {
        var isKafkas = _byKey.TryGetValue(key, out var setting);
        if (!isKafkas && !(mayBeProperty && _byProperty.TryGetValue(key, out setting)))
        {
            return null;
        }

        if (setting!.Read(options, text.Trim(), isKafkas) is { } next)
        {
            return next;
        }

        faults.Add($"{path} is '{text}'; it must be {(isKafkas ? setting.ExpectedOfKey : setting.Expected)}.");
        return options;
    }

    public SettingTable<TOptions> Text(string property, string? key, Func<TOptions, string, TOptions> set) =>
        Add(property, key, (options, text, _) => set(options, text), "text");

    public SettingTable<TOptions> Time(string property, string? key, Func<TOptions, TimeSpan, TOptions> set) => Add(
        new Setting<TOptions>(
            property,
            key,
            (options, text, isKafkas) => ReadTime(text, isKafkas) is { } time ? set(options, time) : null,
            "a time as hours, minutes and seconds, such as 00:00:05 or 00:00:00.020",
            "a number of milliseconds"));

    public SettingTable<TOptions> Int32(string property, string? key, Func<TOptions, int, TOptions> set) => Add(
        property, key, (options, text, _) => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? set(options, number) : null, "a whole number");

    public SettingTable<TOptions> Int64(string property, string? key, Func<TOptions, long, TOptions> set) => Add(
        property, key, (options, text, _) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? set(options, number) : null, "a whole number");

    public SettingTable<TOptions> Switch(string property, string? key, Func<TOptions, bool, TOptions> set) =>
        Add(property, key, (options, text, _) => bool.TryParse(text, out var isOn) ? set(options, isOn) : null, "true or false");

    /// <summary>One of a few words, each with what it stands for.</summary>
    public SettingTable<TOptions> Choice<T>(string property, string? key, Func<TOptions, T, TOptions> set, params (string Word, T Value)[] words) => Add(
        property,
        key,
        (options, text, _) =>
        {
            var found = Array.FindIndex(words, word => word.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
            return found < 0 ? null : set(options, words[found].Value);
        },
        $"one of {string.Join(", ", words.Select(static word => word.Word))}");

    public SettingTable<TOptions> Add(string property, string? key, SettingReader<TOptions> read, string expected) =>
        Add(new Setting<TOptions>(property, key, read, expected, expected));

    private static TimeSpan? ReadTime(string text, bool isKafkas)
    {
        if (isKafkas)
        {
            return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= (long)TimeSpan.MaxValue.TotalMilliseconds
                ? TimeSpan.FromMilliseconds(milliseconds)
                : null;
        }

        // A bare number would be taken for days.
        return text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
    }

    private SettingTable<TOptions> Add(Setting<TOptions> setting)
    {
        _byProperty.Add(setting.Property, setting);
        if (setting.Key is { } key)
        {
            _byKey.Add(key, setting);
        }

        return this;
    }
}
