using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;
using Spate.Cli.Grammar;
using Spate.Cli.Records;
using Spate.Cli.Running;
using Spate.Client.Producing;
using Spate.Protocol.Compression;
using Spate.Protocol.Records;

namespace Spate.Cli.Producing;

/// <summary>The words that <c>spate produce</c> understands, and what they come to.</summary>
internal sealed class ProduceArguments(TimeProvider clock)
{
    /// <summary>What a record may come to here: whether it is too large is for the topic to say.</summary>
    private const int RecordBytesMax = 64 * 1024 * 1024;

    private readonly Argument<string> _topic = new("topic") { Description = "The topic, which must be there." };
    private readonly Option<string[]> _file = new("--file", "-f") { Description = "Read this file; - is standard input. May be given many times. Default: standard input.", HelpName = "path" };
    private readonly Option<bool> _whole = new("--whole") { Description = "Make one record of each input as a whole. Default: one of each line." };
    private readonly Option<bool> _records = new("--records") { Description = "Every line is a record as 'spate consume --output json' writes it: key, value, headers, time." };
    private readonly Option<bool> _keepPartitions = new("--keep-partitions") { Description = "With --records: put each record into the partition that it names." };
    private readonly Option<string?> _template = new("--template") { Description = $"Make up values by this: {TemplateRecords.Fields}. --key is filled in likewise.", HelpName = "text" };
    private readonly Option<long?> _count = new("--count", "-n") { Description = "Stop after so many records. Default: all; one with --template.", HelpName = "number" };
    private readonly Option<string?> _key = new("--key", "-k") { Description = "The key of every record.", HelpName = "key" };
    private readonly Option<string?> _keySeparator = new("--key-separator", "-K") { Description = "Every line has a key, this, and a value.", HelpName = "text" };
    private readonly Option<string[]> _headers = Assignments.Option("--header", "A header of every record. May be given many times.", "name=value");
    private readonly Option<int?> _partition = new("--partition", "-p") { Description = "The partition. Default: by the key, or spread.", HelpName = "number" };
    private readonly Option<DateTimeOffset?> _time = new("--time") { Description = $"The timestamp of every record: {Moments.TimeForm}. Default: now.", HelpName = "time" };
    private readonly Option<string?> _null = new("--null") { Description = "A key or value that reads so is null; a null value deletes a key from a compacted topic.", HelpName = "text" };
    private readonly Option<PartFormat> _format = PartCodec.Option("--format", "a value");
    private readonly Option<PartFormat> _keyFormat = PartCodec.Option("--key-format", "a key");
    private readonly Option<CompressionCodec?> _compression = ProducerWords.Compression();
    private readonly Option<Acks?> _acks = ProducerWords.Acks();

    public void AddTo(Verb verb)
    {
        _time.CustomParser = result =>
        {
            if (Moments.TryTime(result.Tokens[0].Value, clock.GetUtcNow(), out var time))
            {
                return time;
            }

            result.AddError($"'{result.Tokens[0].Value}' is no time; write {Moments.TimeForm}.");
            return null;
        };
        verb.Add(_topic);
        foreach (var option in new Option[] { _file, _whole, _records, _keepPartitions, _template, _count, _key, _keySeparator, _headers, _partition, _time, _null, _format, _keyFormat, _compression, _acks })
        {
            verb.Add(option);
        }

        verb.Validators.Add(result =>
        {
            Exclude(result, _template, _file, _whole, _records, _keySeparator);
            Exclude(result, _records, _whole, _keySeparator, _key);
            Exclude(result, _whole, _keySeparator);
            Exclude(result, _key, _keySeparator);
        });
    }

    public string Topic(ClusterCall call) => call.Get(_topic);

    public long CountMax(ClusterCall call) => call.Get(_count) ?? (call.Get(_template) is null ? long.MaxValue : 1);

    public int? Partition(ClusterCall call) => call.Get(_partition);

    /// <summary>Whether a person types the records.</summary>
    public bool IsTyped(ClusterCall call) => call.Surroundings.IsInputTerminal && call.Get(_template) is null && call.Get(_file) is not { Length: > 0 };

    public InputFiles Input(ClusterCall call) => new(call.Get(_file) ?? [], call.Surroundings);

    /// <summary>How far it has come: by the number that is wanted, else by the bytes of files, else by what was delivered alone.</summary>
    public Progress Progress(ClusterCall call, InputFiles input, DeliveryTally tally, long? bytesTotal)
    {
        var delivered = tally.Delivered;
        if (call.Get(_count) is not null || bytesTotal is null || call.Get(_template) is not null)
        {
            return new Progress(delivered, CountMax(call) is var max and < long.MaxValue ? max : null, "records delivered");
        }

        return new Progress(input.BytesRead, bytesTotal, "read") { IsBytes = true, Remark = string.Create(CultureInfo.InvariantCulture, $"{delivered:N0} records delivered") };
    }

    /// <exception cref="CommandException">A template has faults.</exception>
    public IRecordSource Source(ClusterCall call, InputFiles input)
    {
        var forms = new PartForms(call.Get(_keyFormat), call.Get(_format), call.Get(_null));
        return call.Get(_template) is { } template
            ? new TemplateRecords(Parse(template), call.Get(_key) is { } key ? Parse(key) : null, forms, call.Surroundings.Clock)
            : call.Get(_records) ? new JsonRecords(input, forms, call.Get(_keepPartitions))
            : call.Get(_whole) ? new WholeFileRecords(input, forms)
            : new LineRecords(input, forms, Unescape(call.Get(_keySeparator)));
    }

    /// <summary>What every record has that does not say otherwise.</summary>
    public RecordDraft Common(ClusterCall call)
    {
        var forms = new PartForms(call.Get(_keyFormat), call.Get(_format), call.Get(_null));
        var key = call.Get(_template) is null && call.Get(_key) is { } text ? forms.Key(Encoding.UTF8.GetBytes(text), "--key") : null;
        return new RecordDraft(key, null)
        {
            Partition = call.Get(_partition),
            Timestamp = call.Get(_time),
            Headers = [.. Assignments.Split(call.Get(_headers)).Select(static header => new RecordHeader(header.Name, Encoding.UTF8.GetBytes(header.Value)))],
        };
    }

    public ProducerOptions Options(ClusterCall call) => call.Client.Options.Producer with { MaxRequestSize = RecordBytesMax, BufferMemory = 2 * RecordBytesMax, Compression = call.Get(_compression) ?? CompressionCodec.None, Acks = call.Get(_acks) ?? Acks.All };

    private static Template Parse(string text)
    {
        try
        {
            return Template.Parse(text, TemplateRecords.IsField);
        }
        catch (FormatException fault)
        {
            throw new CommandException($"{fault.Message} A template has {TemplateRecords.Fields}; %% is a percent sign.", ExitCode.Usage);
        }
    }

    private static string? Unescape(string? separator) => separator?.Replace("\\t", "\t", StringComparison.Ordinal);

    private static void Exclude(CommandResult result, Option one, params Option[] others)
    {
        if (result.GetResult(one) is { Implicit: false } && Array.Find(others, other => result.GetResult(other) is { Implicit: false }) is { } other)
        {
            result.AddError($"{one.Name} and {other.Name} do not go together.");
        }
    }
}
