using Spate.Protocol;
using Spate.Protocol.Messages;
using Spate.Protocol.Wire;

namespace Spate.Client.Consuming.Groups;

/// <summary>
/// What members of classic groups say to each other. The version stands in front; it is written in the newest, and one that is newer still begins as the newest known one does: that is
/// how clients read each other.
/// </summary>
internal static class ConsumerProtocolMessages
{
    public const string ProtocolType = "consumer";

    public static byte[] WriteSubscription(IReadOnlyCollection<string> topics, IReadOnlyCollection<TopicPartition> owned, int generation, string? rack, ReadOnlyMemory<byte>? said)
    {
        var subscription = new ConsumerProtocolSubscription
        {
            Topics = [.. topics],
            UserData = said,
            GenerationId = generation,
            RackId = rack,
            OwnedPartitions =
            [
                .. owned.GroupBy(static name => name.Topic, StringComparer.Ordinal).Select(static topic => new ConsumerProtocolSubscription.TopicPartition
                {
                    Topic = topic.Key,
                    Partitions = [.. topic.Select(static name => name.Partition).Order()],
                }),
            ],
        };
        return Write(subscription, ConsumerProtocolSubscription.HighestVersion);
    }

    public static byte[] WriteAssignment(IReadOnlyCollection<TopicPartition> partitions)
    {
        var assignment = new ConsumerProtocolAssignment
        {
            AssignedPartitions =
            [
                .. partitions.GroupBy(static name => name.Topic, StringComparer.Ordinal).Select(static topic => new ConsumerProtocolAssignment.TopicPartition
                {
                    Topic = topic.Key,
                    Partitions = [.. topic.Select(static name => name.Partition)],
                }),
            ],
        };
        return Write(assignment, ConsumerProtocolAssignment.HighestVersion);
    }

    /// <exception cref="MalformedMessageException">It is none.</exception>
    public static GroupMember ReadMember(JoinGroupResponse.JoinGroupResponseMember member)
    {
        var reader = new MessageReader(member.Metadata);
        var version = reader.ReadInt16();
        var subscription = new ConsumerProtocolSubscription();
        subscription.Read(ref reader, Math.Min(version, ConsumerProtocolSubscription.HighestVersion));
        return new GroupMember(member.MemberId, subscription.Topics)
        {
            InstanceId = member.GroupInstanceId,
            Owned = [.. subscription.OwnedPartitions.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))],
            Generation = subscription.GenerationId,
            Rack = subscription.RackId,
            Said = subscription.UserData,
        };
    }

    /// <summary>An assignment; none at all from a leader that had nothing for this member.</summary>
    /// <exception cref="MalformedMessageException">It is none.</exception>
    public static List<TopicPartition> ReadAssignment(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return [];
        }

        var reader = new MessageReader(bytes);
        var version = reader.ReadInt16();
        var assignment = new ConsumerProtocolAssignment();
        assignment.Read(ref reader, Math.Min(version, ConsumerProtocolAssignment.HighestVersion));
        return [.. assignment.AssignedPartitions.SelectMany(static topic => topic.Partitions.Select(partition => new TopicPartition(topic.Topic, partition)))];
    }

    private static byte[] Write(IMessage message, short version)
    {
        using var writer = new MessageWriter();
        writer.WriteInt16(version);
        message.Write(writer, version);
        return writer.ToArray();
    }
}
