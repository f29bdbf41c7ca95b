using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Consuming;

/// <summary><c>spate consume</c>.</summary>
internal static class ConsumeVerb
{
    public static Command Create(ClusterVerbs verbs)
    {
        var arguments = new ConsumeArguments(verbs.Surroundings.Clock);
        var verb = new Verb(
            "consume",
            "Read records of topics.",
            "spate consume orders",
            "spate consume orders --from -10 --template '%{partition}:%{offset} %{key} %{value}\\n'",
            "spate consume orders --from 2h --grep customer-7 --output json",
            "spate consume orders --group billing --count 5",
            "spate consume orders --follow --count 1");
        arguments.AddTo(verb);
        return verbs.Top(verb, call => RunAsync(call, arguments));
    }

    private static async Task<int> RunAsync(ClusterCall call, ConsumeArguments arguments)
    {
        // What is written to a terminal shows by itself how far it has come, unless most of it is passed over.
        var ends = arguments.IsFollowing(call) ? null : new EndWatch();
        RecordSink? records = null;
        using var progress = ProgressLine.Of(
            call.Surroundings, () => ReadingProgress.Of(records!, ends, arguments.CountMax(call), arguments.IsSearching(call)), !call.Surroundings.IsOutputTerminal || arguments.IsSearching(call));
        var sink = records = arguments.Sink(call, progress);
        var partitions = new List<TopicPartition>();
        foreach (var topic in arguments.Topics(call))
        {
            partitions.AddRange(await TopicLookup.PartitionsAsync(call, topic, arguments.Partitions(call)));
        }

        if (arguments.Group(call) is { } group)
        {
            await GroupReading.RunAsync(call, arguments, group, sink, ends);
        }
        else
        {
            await ReadAsync(call, arguments, partitions, sink, ends);
        }

        return ExitCode.Success;
    }

    private static async Task ReadAsync(ClusterCall call, ConsumeArguments arguments, List<TopicPartition> partitions, RecordSink sink, EndWatch? ends)
    {
        var isolation = arguments.Isolation(call);
        var bounds = await PositionLookup.BoundsAsync(call.Client.Admin, partitions, isolation, call.Cancellation);
        var starts = await PositionLookup.FindAsync(call.Client.Admin, arguments.From(call), bounds, call.Cancellation);
        if (ends is not null)
        {
            ends.Add(partitions.Where(partition => starts[partition] < bounds[partition].End).Select(partition => (partition, (long?)starts[partition], bounds[partition].End)));
            if (ends.IsReached)
            {
                return;
            }
        }

        await using var consumer = call.Client.CreateConsumer(call.Client.Options.Consumer with { IsolationLevel = isolation });
        consumer.Assign(partitions);
        foreach (var partition in partitions)
        {
            consumer.Seek(partition, StartPosition.At(starts[partition]));
        }

        await new Reading(sink, ends, static _ => { }, static () => Task.CompletedTask, call.Surroundings.Clock).RunAsync(consumer, call.Cancellation);
    }
}
