using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Spate.Coordination.Groups.Consumer;

/// <summary>
/// A regular expression that members subscribe by. It matches whole names, in a time that grows with their length and no faster, whatever
/// it is made of: expressions that could not be matched so (with lookarounds and back references) are not understood, as with Kafka.
/// </summary>
internal sealed class TopicPattern
{
    /// <summary>The longest that is understood, in characters.</summary>
    public const int LengthMax = 4096;

    /// <summary>Repetitions multiply the states of the machine that matches; all of an expression's together may be this many.</summary>
    public const int RepetitionsMax = 10_000;

    private readonly Regex _regex;

    private TopicPattern(Regex regex) => _regex = regex;

    /// <summary>Understands an expression, or says why not.</summary>
    public static bool TryParse(string expression, [NotNullWhen(true)] out TopicPattern? pattern, [NotNullWhen(false)] out string? fault)
    {
        pattern = null;
        fault = expression.Length > LengthMax ? $"it has {expression.Length} characters, and {LengthMax} are understood"
            : Repetitions(expression) > RepetitionsMax ? $"its repetitions come to more than {RepetitionsMax}"
            : null;
        if (fault is not null)
        {
            return false;
        }

        try
        {
            // On its own first, so that nothing in it can reach beyond the brackets that are put around it.
            _ = new Regex(expression, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            pattern = new TopicPattern(new Regex($"^(?:{expression})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
            return true;
        }
        catch (RegexParseException failure)
        {
            fault = failure.Message;
            return false;
        }
        catch (NotSupportedException failure)
        {
            fault = failure.Message;
            return false;
        }
    }

    public bool Matches(string topic) => _regex.IsMatch(topic);

    private static double Repetitions(string expression)
    {
        var product = 1.0;
        for (var open = expression.IndexOf('{', StringComparison.Ordinal); open >= 0; open = expression.IndexOf('{', open + 1))
        {
            var close = expression.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            // Of {2,5} the last number counts; what is no number is no repetition.
            var counts = expression[(open + 1)..close].Split(',', StringSplitOptions.RemoveEmptyEntries);
            product *= counts.Length > 0 && double.TryParse(counts[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? Math.Max(1, count) : 1;
        }

        return product;
    }
}
