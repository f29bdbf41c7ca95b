using System.CommandLine;
using System.Text;
using Spate.Cli.Grammar;

namespace Spate.Cli.Tests.Docs;

/// <summary>The page of a verb in <c>docs/reference/cli</c>, written from the grammar.</summary>
internal static class VerbPage
{
    public static string Write(Command verb)
    {
        var page = new StringBuilder();
        Write(verb, page, depth: 1);
        return page.ToString();
    }

    private static void Write(Command verb, StringBuilder page, int depth)
    {
        page.Append(new string('#', depth)).Append(" `").Append(Verb.PathOf(verb)).Append("`\n\n").Append(verb.Description).Append("\n\n");
        var arguments = verb.Arguments.Where(static argument => !argument.Hidden).ToList();
        if (verb.Subcommands.Count == 0)
        {
            var usage = string.Concat(arguments.Select(static argument => argument.Arity.MaximumNumberOfValues > 1 ? $" <{argument.Name}>..." : $" <{argument.Name}>"));
            page.Append("```\n").Append(Verb.PathOf(verb)).Append(usage).Append(" [options]\n```\n\n");
        }

        Table(page, "argument", arguments.Select(static argument => ($"<{argument.Name}>", argument.Description)));
        Table(page, verb.Subcommands.Count > 0 ? "option of all of them" : "option", verb.Options.Where(static option => !option.Hidden).Select(static option => (Names(option), option.Description)));
        if (verb is Verb { Examples.Count: > 0 } withExamples)
        {
            page.Append("```console\n").AppendJoin('\n', withExamples.Examples.Select(static example => $"$ {example}")).Append("\n```\n\n");
        }

        foreach (var below in verb.Subcommands)
        {
            Write(below, page, depth + 1);
        }
    }

    private static string Names(Option option) => string.Join(", ", option.Aliases.Prepend(option.Name)) + (option.HelpName is { } value ? $" <{value}>" : "");

    private static void Table(StringBuilder page, string heading, IEnumerable<(string Name, string? Meaning)> rows)
    {
        var all = rows.ToList();
        if (all.Count > 0)
        {
            page.Append("| ").Append(heading).Append(" | |\n|---|---|\n");
            foreach (var (name, meaning) in all)
            {
                page.Append("| `").Append(name.Replace("|", "\\|", StringComparison.Ordinal)).Append("` | ").Append(meaning?.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
            }

            page.Append('\n');
        }
    }
}
