using System.Globalization;

namespace Spate.Broker.Configuration;

/// <summary>
/// The one declaration of a setting: its name, type, default, range, meaning and how it may change. Reading, checking, describing and
/// documenting a setting all come from here. Immutable.
/// </summary>
public abstract class ConfigKey
{
    private protected ConfigKey(string name, ConfigType type, string? defaultText, string meaning, ConfigUpdate update)
    {
        Name = name;
        Type = type;
        DefaultText = defaultText;
        Meaning = meaning;
        Update = update;
    }

    /// <summary>Kafka's name of the setting.</summary>
    public string Name { get; }

    public ConfigType Type { get; }

    /// <summary>The default as a person would write it, or null where there is none.</summary>
    public string? DefaultText { get; }

    /// <summary>What the setting does, in one or two sentences, with its unit; of a setting without effect, why it has none.</summary>
    public string Meaning { get; }

    /// <summary>How a broker's setting may change. A setting of a topic, a group and so on may always be changed.</summary>
    public ConfigUpdate Update { get; }

    /// <summary>What values there are, for people: "1 and more".</summary>
    public string? Range { get; internal init; }

    /// <summary>Whether anything goes by the setting. One that nothing goes by is known, so that Kafka's files and tools work.</summary>
    public bool HasEffect { get; private protected init; } = true;

    /// <summary>The value of a setting without effect that asks for what is so anyhow, and so comes to no less than it says; null where none does.</summary>
    public string? SoAnyhow { get; private protected init; }

    /// <summary>
    /// Whether a change while the broker runs is refused because what the setting belongs to is not there yet: keeping a password that
    /// protects nothing would only pretend.
    /// </summary>
    public bool IsRefusedLive { get; private protected init; }

    /// <summary>Whether one listener may have a value of its own, given as <c>listener.name.NAME.</c> and the setting's name.</summary>
    public bool IsPerListener { get; private protected init; }

    /// <summary>Whether the value is a secret, and so never shown.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>Says in the end of a sentence what is wrong with a value, or returns null when nothing is.</summary>
    public abstract string? Fault(string text);

    /// <summary>The same setting under another name: that of one listener alone.</summary>
    internal abstract ConfigKey Named(string name);

    /// <summary>The value of a text that has no fault, or the default where there is no text.</summary>
    internal abstract object? ValueOf(string? text);

    public static ConfigKey<int> Int(string name, int defaultValue, int least, int most, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Int, defaultValue, Text(defaultValue), meaning, update, text => Number(text, least, most)) { Range = RangeOf(least, most) };

    public static ConfigKey<short> Short(string name, short defaultValue, short least, short most, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Short, defaultValue, Text(defaultValue), meaning, update, text => Number(text, least, most)) { Range = RangeOf(least, most) };

    public static ConfigKey<long> Long(string name, long defaultValue, long least, long most, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Long, defaultValue, Text(defaultValue), meaning, update, text => Number(text, least, most)) { Range = RangeOf(least, most) };

    /// <summary>A number from 1 on, or -1 for what <paramref name="meaning"/> says.</summary>
    public static ConfigKey<int> PositiveOrMinusOne(string name, int most, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Int, -1, "-1", meaning, update, text => Number(text, -1, most) is { Value: 0, Fault: null }
            ? Parsed<int>.Wrong($"must be -1 or lie between 1 and {most}")
            : Number(text, -1, most))
        {
            Range = $"1 to {most}, or -1",
        };

    /// <summary>A number that may be left out, because a coarser setting then speaks for it.</summary>
    public static ConfigKey<long?> OptionalLong(string name, long least, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Long, null, null, meaning, update, text => Optional(Number(text, least, long.MaxValue))) { Range = RangeOf(least, long.MaxValue) };

    /// <inheritdoc cref="OptionalLong"/>
    public static ConfigKey<int?> OptionalInt(string name, int least, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Int, null, null, meaning, update, text => Optional(Number(text, least, int.MaxValue))) { Range = RangeOf(least, int.MaxValue) };

    public static ConfigKey<double> Real(string name, double defaultValue, double least, double most, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Double, defaultValue, Text(defaultValue), meaning, update, text =>
            !double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? Parsed<double>.Wrong("is not a number")
            : value < least || value > most || double.IsNaN(value) ? Parsed<double>.Wrong($"must lie between {Text(least)} and {Text(most)}")
            : new Parsed<double>(value, null))
        {
            Range = most == double.MaxValue ? $"{Text(least)} and more" : $"{Text(least)} to {Text(most)}",
        };

    public static ConfigKey<bool> Flag(string name, bool defaultValue, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Boolean, defaultValue, defaultValue ? "true" : "false", meaning, update, text =>
            text.ToUpperInvariant() switch
            {
                "TRUE" => new Parsed<bool>(true, null),
                "FALSE" => new Parsed<bool>(false, null),
                _ => Parsed<bool>.Wrong("must be true or false"),
            });

    public static ConfigKey<string> OneOf(string name, string defaultValue, string[] choices, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.Text, defaultValue, defaultValue, meaning, update, text =>
            choices.Contains(text, StringComparer.Ordinal)
                ? new Parsed<string>(text, null)
                : Parsed<string>.Wrong($"must be one of {string.Join(", ", choices)}"))
        {
            Range = string.Join(", ", choices),
        };

    /// <summary>Free text. <paramref name="fault"/> says in the end of a sentence what is wrong with one, or null.</summary>
    public static ConfigKey<string?> Free(
        string name, string? defaultValue, string meaning, Func<string, string?>? fault = null, ConfigUpdate update = ConfigUpdate.ReadOnly, string? range = null) =>
        new(name, ConfigType.Text, defaultValue, defaultValue, meaning, update, text => new Parsed<string?>(text, fault?.Invoke(text))) { Range = range };

    /// <summary>A list separated by commas; <paramref name="choices"/>, when given, are the only words it may hold.</summary>
    public static ConfigKey<IReadOnlyList<string>> List(
        string name, string? defaultText, string[]? choices, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.List, Words(defaultText ?? ""), defaultText, meaning, update, text =>
        {
            var words = Words(text);
            var stranger = choices is null ? null : words.FirstOrDefault(word => !choices.Contains(word, StringComparer.Ordinal));
            return stranger is null
                ? new Parsed<IReadOnlyList<string>>(words, null)
                : Parsed<IReadOnlyList<string>>.Wrong($"names '{stranger}', and knows only {string.Join(", ", choices!)}");
        })
        {
            Range = choices is null ? null : "any of " + string.Join(", ", choices),
        };

    /// <summary>A list separated by commas, each entry of which is looked at: <paramref name="fault"/> says what is wrong with one, or null.</summary>
    public static ConfigKey<IReadOnlyList<string>> CheckedList(
        string name, string? defaultText, Func<string, string?> fault, string meaning, ConfigUpdate update = ConfigUpdate.ReadOnly) =>
        new(name, ConfigType.List, Words(defaultText ?? ""), defaultText, meaning, update, text =>
            Words(text).Select(fault).FirstOrDefault(found => found is not null) is { } wrong
                ? Parsed<IReadOnlyList<string>>.Wrong(wrong)
                : new Parsed<IReadOnlyList<string>>(Words(text), null));

    /// <summary>A setting of Kafka that nothing here goes by, and why that is so. Its values must still be of its type.</summary>
    public static ConfigKey<string?> Inert(string name, ConfigType type, string? defaultText, ConfigUpdate update, string why, bool isRefusedLive = false, string? soAnyhow = null) =>
        new(name, type, defaultText, defaultText, why, update, text => new Parsed<string?>(text, TypeFault(type, text)))
        {
            HasEffect = false,
            SoAnyhow = soAnyhow,
            IsRefusedLive = isRefusedLive,
            IsPerListener = isRefusedLive,
        };

    /// <summary>A setting of Kafka of which only the default can be had here: what else it asks for is refused, for going on without it would harm. <paramref name="why"/> is the end of a sentence that begins with the setting and its value.</summary>
    public static ConfigKey<string> Only(string name, ConfigType type, string value, string meaning, string why) =>
        new(name, type, value, value, meaning, ConfigUpdate.ReadOnly, text =>
            text.Equals(value, StringComparison.OrdinalIgnoreCase) ? new Parsed<string>(value, null) : Parsed<string>.Wrong(why))
        {
            Range = value.Length == 0 ? "nothing" : $"only {value}",
        };

    private static string[] Words(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Text<T>(T value)
        where T : IFormattable => value.ToString(null, CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E", StringComparison.Ordinal);

    private static string RangeOf<T>(T least, T most)
        where T : struct, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T> =>
        most == T.MaxValue ? $"{Text(least)} and more" : $"{Text(least)} to {Text(most)}";

    private static string? TypeFault(ConfigType type, string text) => type switch
    {
        ConfigType.Boolean => bool.TryParse(text, out _) ? null : "must be true or false",
        ConfigType.Int => Number(text, int.MinValue, int.MaxValue).Fault,
        ConfigType.Short => Number(text, short.MinValue, short.MaxValue).Fault,
        ConfigType.Long => Number(text, long.MinValue, long.MaxValue).Fault,
        ConfigType.Double => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? null : "is not a number",
        _ => null,
    };

    private static Parsed<T?> Optional<T>(Parsed<T> parsed)
        where T : struct => new(parsed.Value, parsed.Fault);

    private static Parsed<T> Number<T>(string text, T least, T most)
        where T : struct, System.Numerics.IBinaryInteger<T>, System.Numerics.IMinMaxValue<T>
    {
        if (!T.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return Parsed<T>.Wrong(System.Numerics.BigInteger.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? $"must lie between {least} and {most}"
                : "is not a whole number");
        }

        if (value >= least && value <= most)
        {
            return new Parsed<T>(value, null);
        }

        return Parsed<T>.Wrong(most == T.MaxValue ? $"must be at least {least}" : $"must lie between {least} and {most}");
    }
}
