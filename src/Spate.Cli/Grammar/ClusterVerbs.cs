using System.CommandLine;
using System.CommandLine.Parsing;
using Spate.Cli.Connecting;
using Spate.Cli.Output;
using Spate.Cli.Running;

namespace Spate.Cli.Grammar;

/// <summary>Makes the verbs that ask a cluster: all of them say in the same words which one, and in which form they answer.</summary>
internal sealed class ClusterVerbs(Surroundings surroundings)
{
    private readonly Option<string?> _server = new("--server", "-s")
    {
        Description = "Brokers to begin with. Default: SPATE_SERVER, else bootstrap.servers of --config, else localhost:9092.",
        HelpName = "host:port,...",
        Recursive = true,
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "A client's properties file with security.protocol, sasl.* and ssl.*. Default: SPATE_CONFIG.",
        HelpName = "file",
        Recursive = true,
    };

    private readonly Option<OutputFormat?> _output = Suggestions.Words(new Option<OutputFormat?>("--output", "-o")
    {
        Description = "json, table or plain (tabs between columns, no heading). Default: table on a terminal, plain elsewhere.",
        HelpName = "form",
        Recursive = true,
        CustomParser = ParseOutput,
    }, "json", "table", "plain");

    private readonly Option<TimeSpan?> _timeout = Durations("--timeout", "How long the cluster may take to answer. Default: 10s; 2m for making and deleting topics, partitions and records.", isRecursive: true);

    public Surroundings Surroundings => surroundings;

    /// <summary>How lines may go on.</summary>
    public Suggestions Suggest => field ??= new Suggestions(surroundings, _server, _config);

    /// <summary>A verb with verbs below it.</summary>
    public Verb Group(string name, string description, params Verb[] verbs)
    {
        var group = AddOptions(new Verb(name, description));
        foreach (var verb in verbs)
        {
            group.Add(verb);
        }

        return group;
    }

    /// <summary>A verb at the top that asks a cluster itself.</summary>
    public Verb Top(Verb verb, Func<ClusterCall, Task<int>> run) => Asking(AddOptions(verb), run);

    /// <summary>A verb below a group.</summary>
    public Verb Asking(Verb verb, Func<ClusterCall, Task<int>> run)
    {
        Suggest.AddTo(verb);
        verb.SetAction((parsed, cancellation) => Failures.CatchAsync(
            surroundings,
            async () =>
            {
                var connection = new ConnectionArguments(parsed.GetValue(_server), parsed.GetValue(_config), parsed.GetValue(_timeout));
                var options = await connection.ReadAsync(surroundings, cancellation);
                await using var call = new ClusterCall(parsed, surroundings, options, connection.Timeout is not null, OutputOf(parsed), cancellation);
                return await run(call);
            },
            cancellation));
        return verb;
    }

    /// <summary>A verb below a group that has no exit status of its own to tell.</summary>
    public Verb Asking(Verb verb, Func<ClusterCall, Task> run) => Asking(verb, async call =>
    {
        await run(call);
        return ExitCode.Success;
    });

    /// <summary>A verb that asks no cluster. It runs on a thread of the pool, so that Ctrl-C is heard meanwhile.</summary>
    public void Local(Verb verb, Func<ParseResult, OutputFormat, CancellationToken, int> run)
    {
        verb.Add(_output);
        Suggest.AddTo(verb);
        verb.SetAction((parsed, cancellation) => Failures.CatchAsync(surroundings, () => Task.Run(() => run(parsed, OutputOf(parsed), cancellation), CancellationToken.None), cancellation));
    }

    /// <summary>An option that takes a length of time.</summary>
    public static Option<TimeSpan?> Durations(string name, string description, bool isRecursive = false) => new(name)
    {
        Description = description,
        HelpName = "time",
        Recursive = isRecursive,
        CustomParser = static result =>
        {
            if (Moments.TryDuration(result.Tokens[0].Value, out var duration))
            {
                return duration;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no length of time; write {Moments.DurationForm}.");
            return null;
        },
    };

    private OutputFormat OutputOf(ParseResult parsed) => parsed.GetValue(_output) ?? (surroundings.IsOutputTerminal ? OutputFormat.Table : OutputFormat.Plain);

    private Verb AddOptions(Verb verb)
    {
        verb.Add(_server);
        verb.Add(_config);
        verb.Add(_output);
        verb.Add(_timeout);
        return verb;
    }

    private static OutputFormat? ParseOutput(ArgumentResult result)
    {
        switch (result.Tokens[0].Value)
        {
            case "json":
                return OutputFormat.Json;
            case "table":
                return OutputFormat.Table;
            case "plain":
                return OutputFormat.Plain;
            default:
                result.AddError($"'{result.Tokens[0].Value}' is no form of output; there are json, table and plain.");
                return null;
        }
    }
}
