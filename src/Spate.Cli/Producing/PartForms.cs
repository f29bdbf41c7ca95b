using System.Text;
using Spate.Cli.Records;
using Spate.Cli.Running;

namespace Spate.Cli.Producing;

/// <summary>How keys and values are written in the input.</summary>
/// <param name="KeyFormat">The format of keys.</param>
/// <param name="ValueFormat">The format of values.</param>
/// <param name="Null">What stands for nothing; null when nothing does.</param>
internal sealed record PartForms(PartFormat KeyFormat, PartFormat ValueFormat, string? Null)
{
    private readonly byte[]? _null = Null is null ? null : Encoding.UTF8.GetBytes(Null);

    /// <param name="letters">What was read.</param>
    /// <param name="place">Where, for the text of a failure.</param>
    /// <exception cref="CommandException">It is not of the format.</exception>
    public byte[]? Key(ReadOnlySpan<byte> letters, object place) => Decode(letters, KeyFormat, place, "key");

    /// <inheritdoc cref="Key"/>
    public byte[]? Value(ReadOnlySpan<byte> letters, object place) => Decode(letters, ValueFormat, place, "value");

    private byte[]? Decode(ReadOnlySpan<byte> letters, PartFormat format, object place, string what)
    {
        if (_null is not null && letters.SequenceEqual(_null))
        {
            return null;
        }

        try
        {
            return PartCodec.Decode(letters, format);
        }
        catch (FormatException failure)
        {
            throw new CommandException($"{place}: its {what} {failure.Message}.");
        }
    }
}
