using System.CommandLine;

namespace Spate.Cli.Bench;

/// <summary>The options of a shape: those that were given for it, and for the rest those of the first shape.</summary>
/// <param name="first">The command line.</param>
/// <param name="other">What was given for the other shape; null for the first one itself.</param>
internal sealed class ShapeWords(ParseResult first, ParseResult? other)
{
    public T? Get<T>(Option<T> option) => (other is not null && IsGiven(other, option) ? other : first).GetValue(option);

    /// <summary>Whether somebody has given it.</summary>
    public bool Has(Option option) => IsGiven(first, option) || (other is not null && IsGiven(other, option));

    private static bool IsGiven(ParseResult parsed, Option option) => parsed.GetResult(option) is { Implicit: false };
}
