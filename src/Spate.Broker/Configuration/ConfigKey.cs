using System.Globalization;

namespace Spate.Broker.Configuration;

/// <summary>
/// The one declaration of a setting: its name, type, default, range and meaning. Reading, checking, describing and documenting a setting
/// all come from here. Immutable.
/// </summary>
public abstract class ConfigKey
{
    private protected ConfigKey(string name, ConfigType type, string? defaultText, string meaning)
    {
        Name = name;
        Type = type;
        DefaultText = defaultText;
        Meaning = meaning;
    }

    /// <summary>Kafka's name of the setting.</summary>
    public string Name { get; }

    public ConfigType Type { get; }

    /// <summary>The default as a person would write it, or null where there is none.</summary>
    public string? DefaultText { get; }

    /// <summary>What the setting does, in one or two sentences, with its unit.</summary>
    public string Meaning { get; }

    /// <summary>Says in one sentence what is wrong with a value, or returns null when nothing is.</summary>
    public abstract string? Fault(string text);

    public static ConfigKey<int> Int(string name, int defaultValue, int least, int most, string meaning) =>
        new(name, ConfigType.Int, defaultValue, Text(defaultValue), meaning, text => Number(text, least, most));

    public static ConfigKey<long> Long(string name, long defaultValue, long least, long most, string meaning) =>
        new(name, ConfigType.Long, defaultValue, Text(defaultValue), meaning, text => Number(text, least, most));

    /// <summary>A number that may be left out, because a coarser setting then speaks for it.</summary>
    public static ConfigKey<long?> OptionalLong(string name, long least, string meaning) =>
        new(name, ConfigType.Long, null, null, meaning, text =>
        {
            var parsed = Number(text, least, long.MaxValue);
            return new Parsed<long?>(parsed.Value, parsed.Fault);
        });

    public static ConfigKey<double> Real(string name, double defaultValue, double least, double most, string meaning) =>
        new(name, ConfigType.Double, defaultValue, defaultValue.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E", StringComparison.Ordinal), meaning, text =>
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Parsed<double>.Wrong("is not a number")
            : value < least || value > most || double.IsNaN(value) ? Parsed<double>.Wrong($"must lie between {least:R} and {most:R}")
            : new Parsed<double>(value, null));

    public static ConfigKey<bool> Flag(string name, bool defaultValue, string meaning) =>
        new(name, ConfigType.Boolean, defaultValue, defaultValue ? "true" : "false", meaning, text =>
            text.ToUpperInvariant() switch
            {
                "TRUE" => new Parsed<bool>(true, null),
                "FALSE" => new Parsed<bool>(false, null),
                _ => Parsed<bool>.Wrong("must be true or false"),
            });

    public static ConfigKey<string> OneOf(string name, string defaultValue, string[] choices, string meaning) =>
        new(name, ConfigType.Text, defaultValue, defaultValue, meaning, text =>
            choices.Contains(text, StringComparer.Ordinal)
                ? new Parsed<string>(text, null)
                : Parsed<string>.Wrong($"must be one of {string.Join(", ", choices)}"));

    /// <summary>A list separated by commas; <paramref name="choices"/>, when given, are the only words it may hold.</summary>
    public static ConfigKey<IReadOnlyList<string>> List(string name, string? defaultText, string[]? choices, string meaning) =>
        new(name, ConfigType.List, Words(defaultText ?? ""), defaultText, meaning, text =>
        {
            var words = Words(text);
            var stranger = choices is null ? null : words.FirstOrDefault(word => !choices.Contains(word, StringComparer.Ordinal));
            return stranger is null
                ? new Parsed<IReadOnlyList<string>>(words, null)
                : Parsed<IReadOnlyList<string>>.Wrong($"names '{stranger}', and knows only {string.Join(", ", choices!)}");
        });

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static Parsed<T> Number<T>(string text, T least, T most)
        where T : struct, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T>
    {
        if (!T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return Parsed<T>.Wrong("is not a whole number of the size that this setting takes");
        }

        if (value >= least && value <= most)
        {
            return new Parsed<T>(value, null);
        }

        return Parsed<T>.Wrong(most == T.MaxValue ? $"must be at least {least}" : $"must lie between {least} and {most}");
    }
}
