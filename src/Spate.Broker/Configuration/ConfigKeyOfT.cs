namespace Spate.Broker.Configuration;

/// <summary>A setting whose values are of type <typeparamref name="T"/>.</summary>
public sealed class ConfigKey<T> : ConfigKey
{
    private readonly Func<string, Parsed<T>> _parse;

    internal ConfigKey(string name, ConfigType type, T defaultValue, string? defaultText, string meaning, Func<string, Parsed<T>> parse)
        : base(name, type, defaultText, meaning)
    {
        Default = defaultValue;
        _parse = parse;
    }

    public T Default { get; }

    public Parsed<T> Parse(string text) => _parse(text.Trim());

    public override string? Fault(string text) => Parse(text).Fault;
}
