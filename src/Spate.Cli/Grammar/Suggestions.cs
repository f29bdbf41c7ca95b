using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Spate.Broker.Configuration;
using Spate.Cli.Connecting;
using Spate.Cli.Running;
using Spate.Client;

namespace Spate.Cli.Grammar;

/// <summary>
/// How a line may go on where an argument or an option stands for something that is there: a topic, a group, a broker, a setting, a file. By their names, which mean the same
/// in every verb. What the cluster has is asked of it, in a second at most or what <c>SPATE_COMPLETION_TIMEOUT</c> says; without an answer nothing is suggested.
/// </summary>
internal sealed class Suggestions(Surroundings surroundings, Option<string?> server, Option<string?> config)
{
    /// <summary>The verb that names what is not there yet.</summary>
    private const string Creation = "create";

    /// <summary>The variable that says, in seconds, how long somebody waits for suggestions whose cluster is far away.</summary>
    private const string PatienceVariable = "SPATE_COMPLETION_TIMEOUT";

    private const double PatienceSecondsDefault = 1;
    private const double PatienceSecondsMax = 3600;

    private static readonly string[] ConfigKeyOptions = ["--set", "--reset", "--append", "--subtract"];

    /// <summary>Suggests words in the place of those that the library makes of the option's type.</summary>
    public static TOption Words<TOption>(TOption option, params IEnumerable<string> words)
        where TOption : Option
    {
        option.CompletionSources.Clear();
        option.CompletionSources.Add(_ => words.Select(static word => new CompletionItem(word)));
        return option;
    }

    /// <summary>Puts suggestions to all that a verb takes.</summary>
    public void AddTo(Verb verb)
    {
        foreach (var argument in verb.Arguments)
        {
            if (verb.Name != Creation && SourceOf(argument.Name) is { } source)
            {
                argument.CompletionSources.Add(source);
            }
        }

        foreach (var option in verb.Options)
        {
            // The library takes every word behind an option that may be given many times for one more value of it.
            option.CompletionSources.Add(context => context.WordToComplete.StartsWith('-') ? Begin(context, OptionsOf(verb)) : []);
            if (ConfigKeyOptions.Contains(option.Name))
            {
                option.CompletionSources.Add(context => ConfigKeys(verb, context, isAssigned: option.Name != "--reset"));
            }
            else if (SourceOf(option.HelpName is "file" or "path" or "directory" ? option.HelpName : option.Name.TrimStart('-')) is { } source)
            {
                option.CompletionSources.Add(source);
            }
        }
    }

    private Func<CompletionContext, IEnumerable<CompletionItem>>? SourceOf(string name) => name switch
    {
        "topic" => context => Ask(context, static async (client, token) => (await client.Admin.Topics.ListAsync(cancellationToken: token)).Select(static topic => topic.Name)),
        "group" => context => Ask(context, static async (client, token) => (await client.Admin.Groups.ListAsync(cancellationToken: token)).Items.Select(static group => group.GroupId)),
        "id" => context => Ask(context, static async (client, token) => (await client.Admin.Transactions.ListAsync(cancellationToken: token)).Items.Select(static each => each.TransactionalId)),
        "broker" or "loggers" => context => Ask(context, static async (client, token) => (await client.Admin.Cluster.DescribeAsync(cancellationToken: token)).Brokers.Select(static broker => $"{broker.Id}")),
        "from" or "to" or "before" => static context => Begin(context, ["beginning", "end"]),
        "file" or "path" or "directory" => static context => Files(context),
        _ => null,
    };

    private static IEnumerable<string> OptionsOf(Verb verb) => verb.Options.Where(static option => !option.Hidden).Select(static option => option.Name)
        .Concat(verb.Parents.OfType<Command>().SelectMany(static parent => parent.Options.Where(static option => option.Recursive).Select(static option => option.Name)));

    /// <summary>The keys of settings, of what the line says whose they are.</summary>
    private static IEnumerable<CompletionItem> ConfigKeys(Verb verb, CompletionContext context, bool isAssigned)
    {
        bool IsGiven(string name) => verb.Options.FirstOrDefault(option => option.Name == name) is { } option && context.ParseResult.GetResult(option) is { Implicit: false };
        var keys = IsGiven("--group") ? GroupSettingKeys.All
            : IsGiven("--client-metrics") ? ClientMetricsKeys.All
            : IsGiven("--broker") || IsGiven("--brokers") ? BrokerKeys.All.Where(static key => key.Update != ConfigUpdate.ReadOnly)
            : verb.Name == "start" ? BrokerKeys.All
            : TopicKeys.All;
        return Begin(context, keys.Where(static key => key.HasEffect).Select(key => isAssigned ? $"{key.Name}=" : key.Name));
    }

    private static List<CompletionItem> Files(CompletionContext context)
    {
        try
        {
            var word = context.WordToComplete;
            var slash = word.LastIndexOf('/');
            var (folder, begin) = slash < 0 ? ("", word) : (word[..(slash + 1)], word[(slash + 1)..]);
            return
            [
                .. new DirectoryInfo(folder.Length == 0 ? "." : folder).EnumerateFileSystemInfos()
                    .Where(entry => entry.Name.StartsWith(begin, StringComparison.Ordinal) && (begin.Length > 0 || !entry.Name.StartsWith('.')))
                    .Select(entry => new CompletionItem($"{folder}{entry.Name}{(entry is DirectoryInfo ? "/" : "")}")),
            ];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static IEnumerable<CompletionItem> Begin(CompletionContext context, IEnumerable<string> names) =>
        names.Where(name => name.StartsWith(context.WordToComplete, StringComparison.Ordinal)).Select(static name => new CompletionItem(name));

    /// <summary>Names that the cluster has. The library asks for them on a thread that has nothing else to do, and so it may wait.</summary>
    private List<CompletionItem> Ask(CompletionContext context, Func<KafkaClient, CancellationToken, Task<IEnumerable<string>>> names)
    {
        try
        {
            return [.. Begin(context, Task.Run(() => AskAsync(context, names)).GetAwaiter().GetResult())];
        }
        catch (Exception failure) when (failure is KafkaException or CommandException or InvalidOperationException or OperationCanceledException)
        {
            // Whoever completes a line does not want to read what is wrong; the verb itself says it.
            return [];
        }
    }

    private async Task<IEnumerable<string>> AskAsync(CompletionContext context, Func<KafkaClient, CancellationToken, Task<IEnumerable<string>>> names)
    {
        var patience = Patience();
        using var bound = new CancellationTokenSource(patience, surroundings.Clock);
        var connection = new ConnectionArguments(context.ParseResult.GetValue(server), context.ParseResult.GetValue(config), patience);
        await using var client = new KafkaClient(await connection.ReadAsync(surroundings, bound.Token));
        return await names(client, bound.Token);
    }

    /// <summary>What is no number of seconds counts as not set: nobody reads what a completion says.</summary>
    private TimeSpan Patience() => TimeSpan.FromSeconds(
        double.TryParse(surroundings.Variable(PatienceVariable), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is > 0 and <= PatienceSecondsMax
            ? seconds
            : PatienceSecondsDefault);
}
