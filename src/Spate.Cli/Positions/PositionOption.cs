using System.CommandLine;

namespace Spate.Cli.Positions;

/// <summary>Options that take a position.</summary>
internal static class PositionOption
{
    public static Option<Position?> Create(string name, string description, TimeProvider clock) => new(name)
    {
        Description = description,
        HelpName = "position",
        CustomParser = result =>
        {
            if (Position.TryParse(result.Tokens[0].Value, clock.GetUtcNow(), out var position))
            {
                return position;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no position; write {Position.Form}.");
            return null;
        },
    };
}
