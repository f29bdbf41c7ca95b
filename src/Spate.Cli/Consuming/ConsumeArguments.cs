using System.CommandLine;
using System.Text.RegularExpressions;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Positions;
using Spate.Cli.Records;
using Spate.Cli.Running;
using Spate.Client.Consuming;

namespace Spate.Cli.Consuming;

/// <summary>The words that <c>spate consume</c> understands, and what they come to.</summary>
internal sealed class ConsumeArguments(TimeProvider clock)
{
    private readonly Argument<string[]> _topics = new("topic") { Description = "The topics.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<Position?> _from = PositionOption.Create("--from", $"Where to begin: {Position.Form}. Default: beginning.", clock);
    private readonly Option<bool> _follow = new("--follow", "-F") { Description = "Go on with what is written from now on, until Ctrl-C." };
    private readonly Option<bool> _untilEnd = new("--until-end", "-e") { Description = "Stop behind the last record that is there when reading begins. The default." };
    private readonly Option<long?> _count = new("--count", "-n") { Description = "Stop after so many records.", HelpName = "number" };
    private readonly Option<int[]> _partitions = new("--partition", "-p") { Description = "This partition only. May be given many times.", HelpName = "number" };
    private readonly Option<string?> _group = new("--group", "-g") { Description = "Read as a member of this group, and commit what was written out.", HelpName = "name" };
    private readonly Option<string?> _grep = new("--grep") { Description = "Only records whose value or key matches this regular expression.", HelpName = "pattern" };
    private readonly Option<bool> _committed = new("--committed") { Description = "Only records of transactions that were committed, and those outside of transactions." };
    private readonly Option<string?> _template = new("--template", "-t") { Description = $"Write each record so: {TemplatePrinter.Fields}; \\n ends a line.", HelpName = "text" };
    private readonly Option<string?> _null = new("--null") { Description = "What is written for a key or value that is null. Default: null.", HelpName = "text" };
    private readonly Option<PartFormat> _format = PartCodec.Option("--format", "a value");
    private readonly Option<PartFormat> _keyFormat = PartCodec.Option("--key-format", "a key");

    public void AddTo(Verb verb)
    {
        verb.Add(_topics);
        foreach (var option in new Option[] { _from, _follow, _untilEnd, _count, _partitions, _group, _grep, _committed, _template, _null, _format, _keyFormat })
        {
            verb.Add(option);
        }

        verb.Validators.Add(result =>
        {
            if (result.GetResult(_follow) is { Implicit: false } && result.GetResult(_untilEnd) is { Implicit: false })
            {
                result.AddError("--follow and --until-end do not go together.");
            }

            if (result.GetResult(_group) is { Implicit: false } && result.GetResult(_partitions) is { Implicit: false })
            {
                result.AddError("--group and --partition do not go together: a group shares the partitions out itself.");
            }
        });
    }

    public IReadOnlyList<string> Topics(ClusterCall call) => [.. call.Get(_topics).Distinct(StringComparer.Ordinal)];

    public IReadOnlyList<int> Partitions(ClusterCall call) => call.Get(_partitions) ?? [];

    public Position From(ClusterCall call) => call.Get(_from) ?? Position.Beginning;

    public string? Group(ClusterCall call) => call.Get(_group);

    public bool IsFollowing(ClusterCall call) => call.Get(_follow);

    public IsolationLevel Isolation(ClusterCall call) => call.Get(_committed) ? IsolationLevel.ReadCommitted : IsolationLevel.ReadUncommitted;

    /// <summary>How many records are wanted; null for all.</summary>
    public long? CountMax(ClusterCall call) => call.Get(_count);

    /// <summary>Whether only some records are wanted.</summary>
    public bool IsSearching(ClusterCall call) => call.Get(_grep) is not null;

    /// <exception cref="CommandException">The template or the pattern has faults.</exception>
    public RecordSink Sink(ClusterCall call, ProgressLine progress) => new(Printer(call), call.Surroundings.Output, Wanted(call.Get(_grep)), CountMax(call) ?? long.MaxValue, progress);

    private IRecordPrinter Printer(ClusterCall call)
    {
        var (key, value, nothing) = (call.Get(_keyFormat), call.Get(_format), call.Get(_null) ?? "null");
        if (call.Get(_template) is { } template)
        {
            return new TemplatePrinter(Parse(template), key, value, nothing);
        }

        return call.Output switch
        {
            OutputFormat.Json => new JsonPrinter(key, value),
            OutputFormat.Table => new TerminalPrinter(key, value, nothing, call.Surroundings.IsOutputTerminal && call.Surroundings.Variable("NO_COLOR") is not { Length: > 0 }),
            _ => new ValuePrinter(value, nothing),
        };
    }

    private static Template Parse(string text)
    {
        try
        {
            return Template.Parse(text, TemplatePrinter.IsField);
        }
        catch (FormatException fault)
        {
            throw new CommandException($"{fault.Message} A template has {TemplatePrinter.Fields}; %% is a percent sign.", ExitCode.Usage);
        }
    }

    private static Regex? Wanted(string? pattern)
    {
        try
        {
            return pattern is null ? null : new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new CommandException($"--grep cannot be used: {fault.Message}", ExitCode.Usage);
        }
    }
}
