using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Client.Consuming;

namespace Spate.Cli.Consuming;

/// <summary>Reads as a member of a group, and commits what was written out: now and then, when partitions go to somebody else, and at the end.</summary>
internal static class GroupReading
{
    public static async Task RunAsync(ClusterCall call, ConsumeArguments arguments, string group, RecordSink sink, EndWatch? ends)
    {
        var isolation = arguments.Isolation(call);
        var ledger = new CommitLedger(call.Surroundings.Clock);
        var options = call.Client.Options.Consumer with
        {
            GroupId = group,
            AutoCommit = false,
            IsolationLevel = isolation,
            OffsetReset = Begin(arguments.From(call)),
            OnAssigned = async (_, partitions, token) =>
            {
                if (ends is not null)
                {
                    var bounds = await PositionLookup.BoundsAsync(call.Client.Admin, partitions, isolation, token);
                    ends.Add(bounds.Where(static pair => pair.Value.End > pair.Value.Start).Select(static pair => (pair.Key, (long?)null, pair.Value.End)));
                }
            },
            OnRevoked = async (consumer, partitions, token) =>
            {
                await ledger.CommitAsync(consumer, token);
                ends?.Remove(partitions);
            },
            OnLost = (_, partitions, _) =>
            {
                ledger.Forget(partitions);
                ends?.Remove(partitions);
                return default;
            },
        };
        await using var consumer = call.Client.CreateConsumer(options);
        consumer.Subscribe(arguments.Topics(call));
        try
        {
            await new Reading(sink, ends, ledger.Add, () => ledger.CommitNowAndThenAsync(consumer, call.Cancellation), call.Surroundings.Clock).RunAsync(consumer, call.Cancellation);
        }
        finally
        {
            // Also when it is interrupted: what the sink still holds goes out, and what went out is committed.
            sink.Flush();
            await ledger.CommitAsync(consumer, CancellationToken.None);
        }
    }

    private static OffsetReset Begin(Position from) => from.Kind switch
    {
        PositionKind.Beginning => OffsetReset.Earliest,
        PositionKind.End => OffsetReset.Latest,
        _ => throw new CommandException(
            "With --group, --from says where to begin where the group has no offset yet, and takes beginning or end. 'spate groups reset-offsets' moves a group elsewhere.", ExitCode.Usage),
    };
}
