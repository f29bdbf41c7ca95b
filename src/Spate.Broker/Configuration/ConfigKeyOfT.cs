namespace Spate.Broker.Configuration;

/// <summary>A setting whose values are of type <typeparamref name="T"/>.</summary>
public sealed class ConfigKey<T> : ConfigKey
{
    private readonly Func<string, Parsed<T>> _parse;

    internal ConfigKey(string name, ConfigType type, T defaultValue, string? defaultText, string meaning, ConfigUpdate update, Func<string, Parsed<T>> parse)
        : base(name, type, defaultText, meaning, update)
    {
        Default = defaultValue;
        _parse = parse;
    }

    public T Default { get; }

    public Parsed<T> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _parse(text.Trim());
    }

    /// <summary>The same declaration for a setting of which a listener may have a value of its own.</summary>
    public ConfigKey<T> PerListener() => Copy(Name, isPerListener: true);

    public override string? Fault(string text) => Parse(text).Fault;

    internal override ConfigKey Named(string name) => Copy(name, IsPerListener);

    internal override object? ValueOf(string? text)
    {
        if (text is null)
        {
            return Default;
        }

        var parsed = Parse(text);
        return parsed.Fault is null
            ? parsed.Value
            : throw new InvalidOperationException($"{Name}={text} {parsed.Fault}; it should have been refused when it was read.");
    }

    private ConfigKey<T> Copy(string name, bool isPerListener) => new(name, Type, Default, DefaultText, Meaning, Update, _parse)
    {
        Range = Range,
        HasEffect = HasEffect,
        SoAnyhow = SoAnyhow,
        IsRefusedLive = IsRefusedLive,
        IsPerListener = isPerListener,
    };
}
