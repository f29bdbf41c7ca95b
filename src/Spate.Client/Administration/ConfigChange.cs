namespace Spate.Client.Administration;

/// <summary>A change of one setting; others stay as they are (KIP-339).</summary>
public readonly record struct ConfigChange
{
    private const sbyte SetOperation = 0;
    private const sbyte DeleteOperation = 1;
    private const sbyte AppendOperation = 2;
    private const sbyte SubtractOperation = 3;

    private ConfigChange(string name, string? value, sbyte operation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Value = value;
        Operation = operation;
    }

    /// <summary>The setting's key.</summary>
    public string Name { get; }

    /// <summary>The new value, or what is added or taken away; null for a reset.</summary>
    public string? Value { get; }

    internal sbyte Operation { get; }

    /// <summary>Gives it a value.</summary>
    /// <param name="name">The setting's key.</param>
    /// <param name="value">The value as text, in the setting's own unit.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static ConfigChange Set(string name, string value) => new(name, value, SetOperation);

    /// <summary>Gives it back to its default: what is set for all brokers, given at the start, or built in.</summary>
    /// <param name="name">The setting's key.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static ConfigChange Reset(string name) => new(name, null, DeleteOperation);

    /// <summary>Adds to a setting that is a list; what is in it already stays as it is.</summary>
    /// <param name="name">The setting's key.</param>
    /// <param name="value">Entries, with commas between.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static ConfigChange Append(string name, string value) => new(name, value, AppendOperation);

    /// <summary>Takes from a setting that is a list; what is not in it is passed over.</summary>
    /// <param name="name">The setting's key.</param>
    /// <param name="value">Entries, with commas between.</param>
    /// <exception cref="ArgumentException">The key is empty.</exception>
    public static ConfigChange Subtract(string name, string value) => new(name, value, SubtractOperation);
}
