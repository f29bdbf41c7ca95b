using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Producing;

namespace Spate.Cli.Producing;

/// <summary><c>spate produce</c>.</summary>
internal static class ProduceVerb
{
    public static Command Create(ClusterVerbs verbs)
    {
        var arguments = new ProduceArguments(verbs.Surroundings.Clock);
        var verb = new Verb(
            "produce",
            "Write records to a topic: lines, whole files, JSON, or made up by a template.",
            "echo 'two of them' | spate produce orders --key customer-7 --header source=shop",
            "printf 'a:1\\nb:2\\n' | spate produce orders --key-separator :",
            "spate produce orders --template '{\"id\":%{n},\"at\":\"%{time}\"}' --key 'order-%{n}' --count 100",
            "spate consume orders --output json | spate produce orders-copy --records");
        arguments.AddTo(verb);
        return verbs.Top(verb, call => RunAsync(call, arguments));
    }

    private static async Task<int> RunAsync(ClusterCall call, ProduceArguments arguments)
    {
        var topic = arguments.Topic(call);
        var input = arguments.Input(call);
        var bytesTotal = input.BytesTotal();
        var source = arguments.Source(call, input);
        var common = arguments.Common(call);
        await TopicLookup.PartitionsAsync(call, topic, arguments.Partition(call) is { } partition ? [partition] : []);
        if (arguments.IsTyped(call))
        {
            call.Say("type records, one a line; Ctrl-D ends.");
        }

        var tally = new DeliveryTally();
        var posted = 0L;
        Exception? end = null;
        using (ProgressLine.Of(call.Surroundings, () => arguments.Progress(call, input, tally, bytesTotal), !arguments.IsTyped(call)))
        {
            await using var producer = call.Client.CreateProducer(arguments.Options(call));
            try
            {
                var countMax = arguments.CountMax(call);
                await foreach (var draft in source.ReadAsync(call.Cancellation))
                {
                    await producer.PostAsync(Record(topic, draft, common), tally.Add, call.Cancellation);
                    posted++;
                    if (posted >= countMax || tally.Failure is not null)
                    {
                        break;
                    }
                }
            }
            catch (Exception failure)
            {
                // Whatever ends the reading, what was read before it is delivered.
                end = failure;
            }

            await producer.FlushAsync(CancellationToken.None);
        }

        call.Show(tally.ToListing(topic));
        return tally.Failure is { } refused ? throw new CommandException($"{tally.Delivered} of {posted} records were delivered. {refused.Message}", Failures.StatusOf(refused))
            : end is OperationCanceledException && call.Cancellation.IsCancellationRequested ? ExitCode.Interrupted
            : end is not null ? throw new CommandException($"{end.Message} The {tally.Delivered} records before it were delivered.", Failures.StatusOf(end))
            : ExitCode.Success;
    }

    private static ProducerRecord<byte[], byte[]> Record(string topic, RecordDraft draft, RecordDraft common) => new(topic, draft.Key ?? common.Key, draft.Value)
    {
        Partition = draft.Partition ?? common.Partition,
        Timestamp = draft.Timestamp ?? common.Timestamp,
        Headers = common.Headers.Length == 0 ? draft.Headers : draft.Headers.Length == 0 ? common.Headers : [.. draft.Headers, .. common.Headers],
    };
}
