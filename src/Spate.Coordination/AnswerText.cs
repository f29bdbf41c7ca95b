using System.Diagnostics.CodeAnalysis;

namespace Spate.Coordination;

/// <summary>
/// Explanations in answers. They quote names that clients choose, each of which may be as long as a text of the protocol can be; an explanation that were longer
/// than that could not be sent at all.
/// </summary>
public static class AnswerText
{
    /// <summary>The longest explanation, in characters: as many as always fit, whatever they are.</summary>
    public const int LengthMax = 8_000;

    private const string Ellipsis = "...";

    /// <summary>The text, cut short where it is too long; null of null.</summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? Fit(string? text)
    {
        if (text is null || text.Length <= LengthMax)
        {
            return text;
        }

        // Not in the middle of a character that takes two.
        var length = LengthMax - Ellipsis.Length;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[length - 1]) ? length - 1 : length), Ellipsis);
    }
}
