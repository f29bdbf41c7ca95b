using System.CommandLine;

namespace Spate.Cli.Grammar;

/// <summary>Options that take <c>name=value</c>, any number of times.</summary>
internal static class Assignments
{
    public static Option<string[]> Option(string name, string description, string helpName = "key=value")
    {
        var option = new Option<string[]>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(static token => token.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
            {
                result.AddError($"'{token.Value}' is not of the form {helpName}.");
            }
        });
        return option;
    }

    /// <summary>The names and values in their order.</summary>
    public static IEnumerable<(string Name, string Value)> Split(IEnumerable<string>? assignments) => (assignments ?? []).Select(static assignment =>
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        return (assignment[..equals].Trim(), assignment[(equals + 1)..]);
    });
}
