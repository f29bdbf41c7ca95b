namespace Spate.Cli.Output;

/// <summary>A column of a result.</summary>
/// <param name="Name">As JSON has it, such as <c>inSyncReplicas</c>; a person reads it as <c>In sync replicas</c>.</param>
/// <param name="Unit">What its numbers count.</param>
internal sealed record Column(string Name, Unit Unit = Unit.None)
{
    /// <summary>What stands above it in a table.</summary>
    public string Heading
    {
        get
        {
            var words = string.Concat(Name.Select(static letter => char.IsAsciiLetterUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));
            words = Unit switch
            {
                Unit.Bytes when words.EndsWith(" bytes", StringComparison.Ordinal) => words[..^" bytes".Length],
                Unit.Microseconds when words.EndsWith(" us", StringComparison.Ordinal) => words[..^" us".Length],
                Unit.Milliseconds when words.EndsWith(" ms", StringComparison.Ordinal) => words[..^" ms".Length],
                _ => words,
            };
            return char.ToUpperInvariant(words[0]) + words[1..];
        }
    }
}
