using System.CommandLine;
using Spate.Broker.Configuration;

namespace Spate.Cli.Grammar;

/// <summary>What is wrong with a command line, a sentence each with what was probably meant.</summary>
internal static class ParseFaults
{
    public static IEnumerable<string> Describe(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var path = Verb.PathOf(command);
        var hint = $"'{path} --help' shows what there is.";
        var verbs = command.Subcommands.Where(static verb => !verb.Hidden).Select(static verb => verb.Name).ToList();
        var unknown = parsed.UnmatchedTokens;
        if (verbs.Count > 0 && unknown.Count == 0)
        {
            return [$"'{path}' needs a verb: {string.Join(", ", verbs)}. {hint}"];
        }

        if (verbs.Count > 0 && !unknown[0].StartsWith('-'))
        {
            return [$"There is no verb '{unknown[0]}' in '{path}'{Meant(unknown[0], verbs)}. {hint}"];
        }

        var strange = unknown.Where(static token => token.StartsWith('-') && token.Length > 1).ToList();
        return strange.Count > 0
            ? strange.Select(token => $"'{path}' has no option '{token}'{Meant(token, OptionsOf(command))}. {hint}")
            : parsed.Errors.Select(error => $"{error.Message} {hint}");
    }

    private static string Meant(string name, IEnumerable<string> known) => NearestName.Of(name, known) is { } nearest ? $"; the nearest is '{nearest}'" : "";

    private static IEnumerable<string> OptionsOf(Command command) => command.Options.Select(static option => option.Name)
        .Concat(command.Parents.OfType<Command>().SelectMany(static parent => parent.Options.Where(static option => option.Recursive).Select(static option => option.Name)));
}
