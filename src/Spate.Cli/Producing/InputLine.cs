namespace Spate.Cli.Producing;

/// <summary>A line of input.</summary>
/// <param name="Source">The file's name, or <c>standard input</c>.</param>
/// <param name="Number">From 1.</param>
/// <param name="Letters">What is in it, without its end. Good until the next line is asked for.</param>
internal readonly record struct InputLine(string Source, long Number, ReadOnlyMemory<byte> Letters)
{
    public override string ToString() => $"Line {Number} of {Source}";
}
