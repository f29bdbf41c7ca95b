using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Consuming.Groups.Assignors;

/// <summary>
/// Balanced and sticky, for groups that give everything up before a rebalance: what a member had goes with its subscription, as Kafka's assignor of this name
/// writes it.
/// </summary>
internal sealed class StickyAssignor : IPartitionAssignor
{
    public string Name => "sticky";

    public ReadOnlyMemory<byte>? Describe(IReadOnlyCollection<TopicPartition> last, int generation)
    {
        if (last.Count == 0)
        {
            return null;
        }

        var data = new StickyAssignorUserData { Generation = generation };
        foreach (var topic in last.GroupBy(static name => name.Topic, StringComparer.Ordinal))
        {
            data.CurrentAssignment.Add(new StickyAssignorUserData.TopicAssignment { Topic = topic.Key, Partitions = [.. topic.Select(static name => name.Partition)] });
        }

        using var writer = new MessageWriter();
        data.Write(writer, StickyAssignorUserData.HighestVersion);
        return writer.ToArray();
    }

    public IReadOnlyDictionary<string, IReadOnlyList<TopicPartition>> Assign(IReadOnlyList<GroupMember> members, IReadOnlyDictionary<string, int> partitionCounts)
    {
        var owned = members.ToDictionary(static member => member.Id, Read, StringComparer.Ordinal);
        return new StickyAssignment(members, partitionCounts).Make(owned);
    }

    /// <summary>What a member had: what it says by itself where it says so, else what its assignor has written. No version stands in front: the length tells.</summary>
    private static OwnedPartitions Read(GroupMember member)
    {
        if (member.Owned.Count > 0 || member.Said is not { Length: > 0 } said)
        {
            return new OwnedPartitions(member.Owned, member.Generation);
        }

        for (var version = StickyAssignorUserData.HighestVersion; version >= StickyAssignorUserData.LowestVersion; version--)
        {
            try
            {
                var reader = new MessageReader(said);
                var data = new StickyAssignorUserData();
                data.Read(ref reader, version);
                return new OwnedPartitions([.. data.CurrentAssignment.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))], data.Generation);
            }
            catch (MalformedMessageException)
            {
                // The version before it is shorter; what is neither is somebody else's, and the member counts as having had nothing.
            }
        }

        return new OwnedPartitions([], -1);
    }
}
