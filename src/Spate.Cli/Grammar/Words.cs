using System.CommandLine;

namespace Spate.Cli.Grammar;

/// <summary>Options that take words out of an enumeration, in any case of letters.</summary>
internal static class Words
{
    public static Option<TWord[]> Option<TWord>(string name, string what)
        where TWord : struct, Enum
    {
        var words = Enum.GetValues<TWord>().Where(static word => word.ToString() != "Unknown").ToList();
        var list = string.Join(", ", words.Select(static word => word.ToString().ToLowerInvariant()));
        var option = new Option<TWord[]>(name)
        {
            Description = $"{what}: {list}. May be given many times.",
            HelpName = "word",
            CustomParser = result =>
            {
                var found = new List<TWord>();
                foreach (var token in result.Tokens)
                {
                    var index = words.FindIndex(word => word.ToString().Equals(token.Value, StringComparison.OrdinalIgnoreCase));
                    if (index < 0)
                    {
                        result.AddError($"'{token.Value}' is none of {list}, which {name} takes.");
                        return [];
                    }

                    found.Add(words[index]);
                }

                return [.. found];
            },
        };
        return Suggestions.Words(option, words.Select(static word => word.ToString().ToLowerInvariant()));
    }
}
