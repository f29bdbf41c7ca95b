using System.CommandLine;

namespace Spate.Cli.Grammar;

/// <summary>A verb of the command line.</summary>
/// <param name="name">What is typed.</param>
/// <param name="description">A sentence for the help.</param>
/// <param name="examples">Lines for a shell, which the help shows and a test runs.</param>
internal sealed class Verb(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>The verb as it is typed from the program's name on, such as <c>spate topics list</c>.</summary>
    public static string PathOf(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "spate" : $"{PathOf(parent)} {command.Name}";
    }
}
