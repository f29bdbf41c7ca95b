using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Spate.Cli.Bench;
using Spate.Cli.Clusters;
using Spate.Cli.Configs;
using Spate.Cli.Consuming;
using Spate.Cli.Doctor;
using Spate.Cli.Groups;
using Spate.Cli.LogFiles;
using Spate.Cli.Producing;
using Spate.Cli.Running;
using Spate.Cli.Start;
using Spate.Cli.Topics;
using Spate.Cli.Transactions;

namespace Spate.Cli.Grammar;

/// <summary>The grammar of <c>spate</c> as a whole.</summary>
internal static class CommandLine
{
    /// <summary>How long a verb may take to end in good order once it was interrupted.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(10);

    /// <summary>The verbs in the order in which the help lists them.</summary>
    private static readonly (string Name, Func<ClusterVerbs, Command> Create)[] Verbs =
    [
        ("start", StartCommand.Create),
        ("produce", ProduceVerb.Create),
        ("consume", ConsumeVerb.Create),
        ("topics", TopicVerbs.Create),
        ("groups", GroupVerbs.Create),
        ("configs", ConfigVerbs.Create),
        ("cluster", ClusterCommands.Create),
        ("transactions", TransactionVerbs.Create),
        ("log", LogVerbs.Create),
        ("doctor", DoctorVerb.Create),
        ("bench", BenchVerbs.Create),
        ("settings", SettingsCommand.Create),
        ("completion", static verbs => CompletionCommand.Create(verbs.Surroundings)),
    ];

    /// <summary>The grammar.</summary>
    /// <param name="surroundings">What the verbs read from and write to.</param>
    /// <param name="only">The one verb that is needed; all when there is none of the name. Making them all takes a good part of the time that a small verb takes.</param>
    public static RootCommand Create(Surroundings surroundings, string? only = null)
    {
        var root = new RootCommand("Spate, an event streaming platform that speaks the Apache Kafka protocol.");
        var cluster = new ClusterVerbs(surroundings);
        var isKnown = Verbs.Any(verb => verb.Name == only);
        foreach (var (_, create) in Verbs.Where(verb => !isKnown || verb.Name == only))
        {
            root.Add(create(cluster));
        }

        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((SynchronousCommandLineAction)help.Action!);
        return root;
    }

    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(string[] arguments, Surroundings surroundings, CancellationToken cancellation = default)
    {
        // A word that begins with @ is a word: what is produced may look like that.
        var parsed = Create(surroundings, arguments.FirstOrDefault()).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            foreach (var fault in ParseFaults.Describe(parsed))
            {
                await surroundings.Error.WriteLineAsync($"spate: {fault}");
            }

            return ExitCode.Usage;
        }

        var isBroker = parsed.CommandResult.Command.Name == "start";
        await using var output = new StreamWriter(surroundings.Output, leaveOpen: true);
        var invocation = new InvocationConfiguration
        {
            // What the library says itself: help, and how a line may go on.
            Output = output,
            Error = surroundings.Error,

            // A broker listens to signals itself, and takes the time that it needs.
            ProcessTerminationTimeout = isBroker ? null : StopGrace,
            EnableDefaultExceptionHandler = false,
        };
        return await parsed.InvokeAsync(invocation, cancellation);
    }
}
