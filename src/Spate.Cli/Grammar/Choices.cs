using System.CommandLine;

namespace Spate.Cli.Grammar;

/// <summary>Options that take one word of a few.</summary>
internal static class Choices
{
    /// <summary>An option whose first word is the default.</summary>
    public static Option<T?> Option<T>(string name, string description, params (string Word, T Value)[] choices)
        where T : struct
    {
        var words = string.Join(", ", choices.Select(static choice => choice.Word));
        return Suggestions.Words(new Option<T?>(name)
        {
            Description = $"{description}: {words}. Default: {choices[0].Word}.",
            HelpName = "word",
            CustomParser = result =>
            {
                var found = Array.FindIndex(choices, choice => choice.Word == result.Tokens[0].Value);
                if (found < 0)
                {
                    result.AddError($"'{result.Tokens[0].Value}' is none of {words}, which {name} takes.");
                }

                return choices[Math.Max(found, 0)].Value;
            },
        }, choices.Select(static choice => choice.Word));
    }
}
