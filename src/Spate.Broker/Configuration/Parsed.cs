namespace Spate.Broker.Configuration;

/// <summary>What reading a setting's text came to: a value, or a fault that says what is wrong with the text.</summary>
/// <param name="Value">The value, when <paramref name="Fault"/> is null.</param>
/// <param name="Fault">The end of a sentence that begins with the setting and its text: "must be at least 1".</param>
public readonly record struct Parsed<T>(T Value, string? Fault)
{
    internal static Parsed<T> Wrong(string fault) => new(default!, fault);
}
