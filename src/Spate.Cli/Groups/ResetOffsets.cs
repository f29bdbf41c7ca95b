using System.CommandLine;
using Spate.Cli.Grammar;
using Spate.Cli.Output;
using Spate.Cli.Positions;
using Spate.Cli.Running;
using Spate.Cli.Topics;
using Spate.Client.Administration;
using Spate.Client.Consuming;
using Spate.Protocol;

namespace Spate.Cli.Groups;

/// <summary><c>spate groups reset-offsets</c>: shows what it would do unless it is told to do it.</summary>
internal static class ResetOffsets
{
    public static Verb Create(ClusterVerbs verbs)
    {
        var name = GroupVerbs.Group();
        var to = PositionOption.Create("--to", $"Where the group shall read on: {Position.Form}.", verbs.Surroundings.Clock);
        var shift = new Option<long?>("--shift") { Description = "Move by so many offsets, back when it is negative.", HelpName = "offsets" };
        var topics = new Option<string[]>("--topic") { Description = "These topics. May be given many times. Default: all that the group has offsets of.", HelpName = "name" };
        var only = TopicVerbs.Partitions();
        var execute = new Option<bool>("--execute") { Description = "Do it. Without this it is only shown." };
        var verb = new Verb(
            "reset-offsets",
            "Move a group of any kind, without members, to other offsets. Shows what would be done; --execute does it.",
            "spate groups reset-offsets billing --to beginning",
            "spate groups reset-offsets billing --to 2h --topic orders --execute",
            "spate groups reset-offsets billing --shift -100 --execute")
        {
            name, to, shift, topics, only, execute,
        };
        verb.Validators.Add(result =>
        {
            if (result.GetResult(to) is null == result.GetResult(shift) is null)
            {
                result.AddError("Say where to, by one of --to and --shift.");
            }
        });
        return verbs.Asking(verb, async call =>
        {
            var group = call.Get(name);
            var described = await GroupLookup.FindAsync(call, group);
            var type = described?.Type ?? GroupType.Classic;
            var offsets = (await GroupOffsets.ReadAsync(call, group, type)).ToDictionary(static pair => pair.Key, static pair => pair.Value.Offset);
            var partitions = await PartitionsAsync(call, group, described, call.Get(topics) ?? [], call.Get(only) ?? [], offsets);
            var bounds = await PositionLookup.BoundsAsync(call.Client.Admin, partitions, IsolationLevel.ReadUncommitted, call.Cancellation);
            var targets = call.Get(shift) is { } by
                ? partitions.ToDictionary(static partition => partition, partition => Math.Clamp(offsets.GetValueOrDefault(partition, bounds[partition].Start) + by, bounds[partition].Start, bounds[partition].End))
                : await PositionLookup.FindAsync(call.Client.Admin, call.Get(to)!, bounds, call.Cancellation);
            if (call.Get(execute))
            {
                if (described?.Members is { Count: > 0 } members)
                {
                    throw new CommandException($"Group '{group}' has {members.Count} members, which would go on where they are and commit that; stop them first. 'spate groups members {group}' shows where they are.");
                }

                await GroupOffsets.WriteAsync(call, group, type, targets);
            }

            Show(call, group, targets, offsets, bounds, call.Get(execute));
            if (GroupLookup.OwnTopics(described) is { Count: > 0 } own)
            {
                call.Say($"the application's own topics stay as they are; for a start from nothing, 'spate topics delete {string.Join(' ', own)}' as well.");
            }
        });
    }

    private static async Task<IReadOnlyList<TopicPartition>> PartitionsAsync(
        ClusterCall call, string group, GroupDescription? described, string[] topics, int[] only, Dictionary<TopicPartition, long> offsets)
    {
        if (topics.Length == 0)
        {
            // What a streams application has written to itself follows from what it reads of others, and would be done twice.
            var own = GroupLookup.OwnTopics(described);
            var committed = offsets.Keys.Where(partition => (only.Length == 0 || only.Contains(partition.Partition)) && !own.Contains(partition.Topic))
                .OrderBy(static partition => partition.Topic, StringComparer.Ordinal).ThenBy(static partition => partition.Partition).ToList();
            return committed.Count > 0 ? committed : throw new CommandException($"Group '{group}' has committed no offsets{(only.Length > 0 ? " of these partitions" : "")}; name topics with --topic.", ExitCode.Missing);
        }

        var partitions = new List<TopicPartition>();
        foreach (var topic in topics.Distinct(StringComparer.Ordinal))
        {
            partitions.AddRange(await TopicLookup.PartitionsAsync(call, topic, only));
        }

        return partitions;
    }

    private static void Show(
        ClusterCall call, string group, IReadOnlyDictionary<TopicPartition, long> targets, Dictionary<TopicPartition, long> offsets, IReadOnlyDictionary<TopicPartition, LogBounds> bounds, bool isDone)
    {
        var listing = new Listing("offsets", new Column("group"), new Column("topic"), new Column("partition"), new Column("offsetBefore"), new Column("offset"), new Column("lag"), new Column("done"));
        foreach (var (partition, target) in targets)
        {
            listing.Add(group, partition.Topic, partition.Partition, offsets.TryGetValue(partition, out var before) ? before : null, target, bounds[partition].End - target, isDone);
        }

        call.Show(listing);
        if (!isDone)
        {
            call.Say("nothing was changed; add --execute to do it.");
        }
    }
}
